"""Identity numbers of persons (公民身份号码 and its kin), GB 11643.

Eighteen characters: region (6), birth date (8), order (3), check character (ISO 7064, MOD 11-2). The
residence permits of Hong Kong, Macao and Taiwan residents (81, 82, 83) and the permits of foreign
permanent residents (9, province, nationality) have the same form.

The region is checked for its province only: people keep numbers with county codes long retired.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.iso7064 import mod_11_2

from chuangpei.kernel.masking import masked
from chuangpei.kernel.refusals import Text
from chuangpei.kernel.written import compact

_LENGTH = 18
_FORM = re.compile(r"[0-9]{17}[0-9X]")
_FIRST_YEAR = 1900
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
_HK_MACAO_TAIWAN = frozenset({"81", "82", "83"})
_FOREIGN = "9"

_WRONG_LENGTH = Text("证件号码应为18位", "The identity number must have 18 characters")
_WRONG_CHARACTERS = Text(
    "证件号码前17位应为数字，末位应为数字或X",
    "The identity number must be 17 digits followed by a digit or X",
)
_WRONG_REGION = Text("证件号码的地区代码无效", "The region of the identity number does not exist")
_WRONG_BIRTH_DATE = Text("证件号码的出生日期无效", "The birth date in the identity number is not possible")
_WRONG_CHECK = Text("证件号码的校验位不正确", "The check character of the identity number is wrong")


class ResidentIdKind(StrEnum):
    """Whose number it is.

    A citizen's (居民), a Hong Kong, Macao or Taiwan resident's (港澳台居民), or a foreign permanent
    resident's (外国人永久居留).
    """

    RESIDENT = "resident"
    HK_MACAO_TAIWAN_RESIDENT = "hk_macao_taiwan_resident"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent_resident"


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A valid, normalised identity number; :func:`parse_resident_id` makes it. It prints itself masked."""

    number: str

    @property
    def birth_date(self) -> date:
        """The birth date (出生日期) the number carries."""
        return date(int(self.number[6:10]), int(self.number[10:12]), int(self.number[12:14]))

    @property
    def kind(self) -> ResidentIdKind:
        """Whose number it is, by its first characters."""
        if self.number.startswith(_FOREIGN):
            return ResidentIdKind.FOREIGN_PERMANENT_RESIDENT
        if self.number[:2] in _HK_MACAO_TAIWAN:
            return ResidentIdKind.HK_MACAO_TAIWAN_RESIDENT
        return ResidentIdKind.RESIDENT

    def __repr__(self) -> str:
        return f"ResidentId({masked(self.number)})"


def parse_resident_id(text: str) -> ResidentId | Text:
    """The identity number in ``text``, or the reason why it is none; the reason never repeats the number.

    Full-width characters, white space and a small x are accepted. That the birth date is not in the
    future is for the caller, who has the clock.
    """
    number = compact(text)
    if len(number) != _LENGTH:
        return _WRONG_LENGTH
    if not _FORM.fullmatch(number):
        return _WRONG_CHARACTERS
    if not _has_known_region(number):
        return _WRONG_REGION
    if not _has_possible_birth_date(number):
        return _WRONG_BIRTH_DATE
    if not mod_11_2.is_valid(number):
        return _WRONG_CHECK
    return ResidentId(number)


def make_resident_id(region: str, birth: date, sequence: int) -> str:
    """A well-formed number for tests and demonstrations, of a region of 6 digits and an order from 0 to 999.

    Raises ``ValueError`` when the parts make no valid number.
    """
    body = f"{region}{birth:%Y%m%d}{sequence:03}"
    number = body + (mod_11_2.calc_check_digit(body) if body.isascii() and body.isdigit() else "")
    parsed = parse_resident_id(number)
    if isinstance(parsed, Text):
        raise ValueError(parsed.en)
    return parsed.number


def _has_known_region(number: str) -> bool:
    """A foreign permanent resident's number has the province after its leading 9."""
    if number.startswith(_FOREIGN):
        return _PROVINCE.match(number, 1) is not None
    return _PROVINCE.match(number) is not None or number[:2] in _HK_MACAO_TAIWAN


def _has_possible_birth_date(number: str) -> bool:
    try:
        return ResidentId(number).birth_date.year >= _FIRST_YEAR
    except ValueError:
        return False
