"""The kinds of fields that the services' APIs take, each checked and normalised where it comes in."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from chuangpei.input_errors import InvalidText
from chuangpei.kernel.credit_code import parse_credit_code, parse_credit_code_form
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.refusals import Text
from chuangpei.kernel.resident_id import parse_resident_id
from chuangpei.kernel.written import compact

# Far enough to hold every record, near enough that no time zone leads outside the calendar.
_YEARS = range(2000, 2101)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_PHONE = re.compile(r"\+?[0-9]{7,15}")


def _credit_code(text: str) -> str:
    parsed = parse_credit_code(text)
    if isinstance(parsed, Text):
        raise InvalidText(parsed)
    return parsed.code


def _credit_code_form(text: str) -> str:
    form = parse_credit_code_form(text)
    if isinstance(form, Text):
        raise InvalidText(form)
    return form


def _id_number(text: str) -> str:
    parsed = parse_resident_id(text)
    if isinstance(parsed, Text):
        raise InvalidText(parsed)
    return parsed.number


def _district(code: str) -> str:
    if code not in DISTRICTS:
        raise InvalidText(Text("不是上海市的区代码", "This is no district of Shanghai"))
    return code


def _phone(text: str) -> str:
    number = compact(text).replace("-", "")
    if not _PHONE.fullmatch(number):
        raise InvalidText(Text("电话号码格式不符", "This is no phone number"))
    return number


def _readable(text: str) -> str:
    # Not isprintable(): it refuses the rare characters of names that are newer than Python's tables.
    if any(one != " " and unicodedata.category(one) in _UNSEEN for one in text):
        raise InvalidText(Text("含有不可见字符", "It has characters that cannot be seen"))
    return text


def _instant(instant: datetime) -> datetime:
    if instant.year not in _YEARS:
        raise InvalidText(Text("时间超出可登记的年份", "The time lies outside the years that are kept"))
    return instant.astimezone(UTC)


CreditCodeText = Annotated[
    str,
    Field(
        max_length=60,
        examples=["91310115MA1K35X104"],
        description="统一社会信用代码（GB 32100） · unified social credit code",
    ),
    AfterValidator(_credit_code),
]
CreditCodeForm = Annotated[
    str,
    Field(
        max_length=60,
        examples=["91310115MA1K35X104"],
        description="统一社会信用代码，早期代码的校验码可不符 · credit code, early ones too",
    ),
    AfterValidator(_credit_code_form),
]
IdNumber = Annotated[
    str,
    Field(
        max_length=60,
        examples=["310115199003072311"],
        description="公民身份号码、港澳台居民居住证或外国人永久居留身份证号码（GB 11643） · GB 11643 number",
    ),
    AfterValidator(_id_number),
]
DistrictCode = Annotated[str, Field(max_length=6, examples=["310115"]), AfterValidator(_district)]
Phone = Annotated[str, Field(max_length=40, examples=["13800000000"]), AfterValidator(_phone)]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_readable)]
Note = Annotated[str, Field(min_length=2, max_length=500)]
Code = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$",
        description="字母、数字、点、横线，至多40个字符 · letters, digits, dots and dashes, at most 40",
    ),
]
Instant = Annotated[AwareDatetime, AfterValidator(_instant)]
"""An instant with its time zone, normalised to UTC."""
