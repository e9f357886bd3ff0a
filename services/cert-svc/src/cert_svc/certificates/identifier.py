"""The identifier of an electronic certificate (电子证照标识; GB/T 36904-2018).

Type code, issuing body, serial, version and check character, with dots between them::

    11100000000013338W011.11110000000021135M.20230329701.003.Y

Type code: the credit code of who defines the type, and three digits. Serial: the day of issue and fourteen
random digits of its own, so that neither the number on the paper nor a neighbour's serial follows from it.
Version: the edition. The check character is ISO 7064 MOD 37,36 over all characters but the dots.
"""

import re
import secrets
import string
from datetime import date

from chuangpei.kernel.written import compact
from stdnum.iso7064 import mod_37_36

ROOT = "1.2.156.3005.2."
"""The arc of electronic certificates, which some write before the identifier; it is no part of it here."""

_RANDOM_DIGITS = 14
_CREDIT = "[0-9A-HJ-NPQRTUWXY]{18}"
_FORM = re.compile(rf"{_CREDIT}[0-9]{{3}}\.{_CREDIT}\.[0-9A-Z]{{1,30}}\.[0-9]{{3}}\.[0-9A-Z]")


def draw_serial(issued_on: date) -> str:
    """A serial (流水号) from the operating system's random source, among 10^14 of the day."""
    drawn = "".join(secrets.choice(string.digits) for _ in range(_RANDOM_DIGITS))
    return f"{issued_on:%Y%m%d}{drawn}"


def make(type_code: str, issuer_code: str, serial: str, edition: int) -> str:
    """The identifier of these parts, with its check character."""
    parts = [type_code, issuer_code, serial, f"{edition:03d}"]
    check: str = mod_37_36.calc_check_digit("".join(parts))
    return ".".join([*parts, check])


def of_next_edition(identifier: str) -> str:
    """The identifier of the same certificate's next edition (版本号加一)."""
    type_code, issuer_code, serial, version, _ = identifier.split(".")
    return make(type_code, issuer_code, serial, int(version) + 1)


def canonical(text: str) -> str | None:
    """The identifier as it is stored, from how people write it; None where it can be none."""
    identifier = compact(text[:120]).removeprefix(ROOT)
    return identifier if _FORM.fullmatch(identifier) and is_intact(identifier) else None


def is_intact(identifier: str) -> bool:
    """Whether the check character fits."""
    return bool(mod_37_36.is_valid(identifier.replace(".", "")))
