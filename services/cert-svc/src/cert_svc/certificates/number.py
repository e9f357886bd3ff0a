"""Certificate numbers (证书编号): nobody can guess one from its neighbour, and a slip of the pen shows.

``SH`` + year of issue + letter of the kind + ten random characters + check character (ISO 7064 MOD 37,36):
eighteen in all. The letters I, L, O and U are never used, since they are misread as digits.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType

from chuangpei.events.cert import CertificateKind
from chuangpei.kernel.written import compact
from stdnum.iso7064 import mod_37_36

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

KIND_LETTERS: Mapping[CertificateKind, str] = MappingProxyType(
    {"entrepreneurship_completion": "C", "training_completion": "J", "training_qualification": "H"}
)
"""创 (C), 结 (J), 合 (H)."""

NO_NUMBER = ""
"""Asked for in place of a text that can be no number, so that both cost the same."""

_RANDOM_CHARACTERS = 10
_FORM = re.compile(f"SH[0-9]{{4}}[CJH][{ALPHABET}]{{11}}")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None})

Draw = Callable[[CertificateKind, int], str]
"""Gives a new number for a kind and a year of issue."""


def draw(kind: CertificateKind, year: int) -> str:
    """A number from the operating system's random source: 50 bits that follow from nothing.

    That it is new is for the database to say. Numbers whose check character would be one of the letters
    left out are drawn again.
    """
    while True:
        body = f"SH{year}{KIND_LETTERS[kind]}" + "".join(
            secrets.choice(ALPHABET) for _ in range(_RANDOM_CHARACTERS)
        )
        check: str = mod_37_36.calc_check_digit(body)
        if check in ALPHABET:
            return body + check


def canonical(text: str) -> str:
    """The number as it is stored, from how people write it; :data:`NO_NUMBER` where it can be none.

    Full-width and small letters, spaces and hyphens are accepted, O is read as 0, I and L as 1.
    """
    number = compact(text[:64]).translate(_MISREAD)
    return number if _FORM.fullmatch(number) else NO_NUMBER


def has_valid_check(number: str) -> bool:
    """Whether the check character of a canonical number fits."""
    return bool(_FORM.fullmatch(number)) and bool(mod_37_36.is_valid(number))
