"""Unified social credit codes (统一社会信用代码), GB 32100.

Eighteen characters without I, O, S, V and Z: registering authority (1), kind (1), region (6),
organisation (9), check character modulo 31. The check comes from python-stdnum; the form does not, as
that library refuses the authorities written as letters (A, N and Y), which the standard has.

Some codes of the first years (早期代码) were given out with a wrong check character and still stand: of them
only the form is read, by :func:`parse_credit_code_form`.
"""

import re
from dataclasses import dataclass

from stdnum.cn import uscc

from chuangpei.kernel.refusals import Text
from chuangpei.kernel.written import compact

_LENGTH = 18
_ALPHABET = "0-9A-HJ-NPQRTUWXY"
_FORM = re.compile(rf"[1-9ANY][1-9][0-9]{{6}}[{_ALPHABET}]{{10}}")

_WRONG_LENGTH = Text("统一社会信用代码应为18位", "The unified social credit code must have 18 characters")
_WRONG_CHARACTERS = Text(
    "统一社会信用代码的字符或格式无效",
    "The unified social credit code has a character that is not allowed in its place",
)
_WRONG_CHECK = Text(
    "统一社会信用代码的校验码不正确", "The check character of the unified social credit code is wrong"
)


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A valid, normalised credit code; :func:`parse_credit_code` makes it."""

    code: str

    def __str__(self) -> str:
        return self.code


def parse_credit_code_form(text: str) -> str | Text:
    """The normalised code in ``text``, whatever its check character, or the reason why it is none.

    Full-width characters, white space and small letters are accepted.
    """
    code = compact(text)
    if len(code) != _LENGTH:
        return _WRONG_LENGTH
    if not _FORM.fullmatch(code):
        return _WRONG_CHARACTERS
    return code


def check_error(code: str) -> Text | None:
    """What is wrong with the check character of a code in the right form; None where it holds."""
    return None if uscc.calc_check_digit(code[:-1]) == code[-1] else _WRONG_CHECK


def parse_credit_code(text: str) -> CreditCode | Text:
    """The credit code in ``text``, check character and all, or the reason why it is none."""
    code = parse_credit_code_form(text)
    if isinstance(code, Text):
        return code
    return check_error(code) or CreditCode(code)


def make_credit_code(body: str) -> str:
    """The code made of 17 characters and their check character, for tests and demonstrations.

    Raises ``ValueError`` when they make no valid code.
    """
    # A wrong body gets any check character: the form is refused before it is looked at.
    wellformed = _FORM.fullmatch(body + "0")
    parsed = parse_credit_code(body + (uscc.calc_check_digit(body) if wellformed else ""))
    if isinstance(parsed, Text):
        raise ValueError(parsed.en)
    return parsed.code
