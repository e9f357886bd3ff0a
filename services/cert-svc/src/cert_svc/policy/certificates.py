"""What certificates are called and who issues them (证书名称、发证机构), by day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from chuangpei.kernel.credit_code import CreditCode, parse_credit_code
from chuangpei.kernel.dated import ParameterBook
from chuangpei.kernel.refusals import Text

KINDS = frozenset({"entrepreneurship_completion", "training_completion", "training_qualification"})
_TYPE_NUMBER = re.compile("[0-9]{3}")
_CREDIT_CODE_LENGTH = 18


@dataclass(frozen=True, slots=True)
class IssuingBody:
    """Who issues (发证机构): its name and its unified social credit code."""

    name: Text
    credit_code: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of certificate (证书种类; C01, C02, C03): its name, what it attests, and its 证照类型代码."""

    name: Text
    criteria: str
    type_code: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds on a day: the issuer, the kinds by their names in events, the stages (T01) by number."""

    issuer: IssuingBody
    kinds: Mapping[str, Kind]
    stages: Mapping[int, Text]


class CertificateBook:
    """The terms by civil date in Asia/Shanghai; the first ones hold for what was issued before them too."""

    def __init__(self, book: ParameterBook) -> None:
        """Reads every period at once, so that what is wrong in any is known at the start.

        Raises :class:`ValueError` for a kind that is missing, or a code that is none.
        """
        self._book = book
        self._terms = {book.version(first): _terms(book.on(first)) for first in book.changes}

    @classmethod
    def load(cls) -> Self:
        """The book in the file beside this module. Raises ``ParameterError`` naming all that is wrong."""
        return cls(ParameterBook.load(Path(__file__).with_name("certificates.yaml")))

    def on(self, day: date) -> Terms:
        """The terms of a day."""
        return self._terms[self._book.version(max(day, self._book.in_force.first))]


def _terms(values: Mapping[str, Any]) -> Terms:
    issuer, kinds, stages = (values[name].value for name in ("issuer", "kinds", "stages"))
    if set(kinds) != KINDS:
        raise ValueError(f"certificate kinds: {sorted(kinds)} are not {sorted(KINDS)}")
    return Terms(
        IssuingBody(_text(issuer), _credit_code(issuer["credit_code"])),
        {code: _kind(fields) for code, fields in kinds.items()},
        {int(stage): _text(name) for stage, name in stages.items()},
    )


def _kind(fields: Mapping[str, str]) -> Kind:
    return Kind(_text(fields), fields["criteria"], _type_code(fields["type_code"]))


def _text(fields: Mapping[str, str]) -> Text:
    return Text(fields["zh"], fields["en"])


def _credit_code(text: str) -> str:
    parsed = parse_credit_code(text)
    if not isinstance(parsed, CreditCode):
        raise ValueError(f"{text}: {parsed.en}")
    return parsed.code


def _type_code(text: str) -> str:
    if not _TYPE_NUMBER.fullmatch(text[_CREDIT_CODE_LENGTH:]):
        raise ValueError(f"{text}: a type code is a credit code and three digits")
    return _credit_code(text[:_CREDIT_CODE_LENGTH]) + text[_CREDIT_CODE_LENGTH:]
