"""Fields that several bodies and queries have: the credit code, the district, a page's place."""

from typing import Annotated
from uuid import UUID

from chuangpei.errors import Refused
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.credit_code import CreditCode, parse_credit_code
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.paging import decode_cursor
from chuangpei.problems import INVALID_INPUT
from fastapi import Path, Query
from pydantic import AfterValidator

EXAMPLE_CODE = "91310115MA1K35J31R"
_NO_DISTRICT = Text("不是上海市的区代码", "Not the code of a district of Shanghai")


def _credit_code(text: str) -> str:
    parsed = parse_credit_code(text)
    if isinstance(parsed, CreditCode):
        return parsed.code
    raise InvalidText(parsed)


def _district(code: str) -> str:
    if code not in DISTRICTS:
        raise InvalidText(_NO_DISTRICT)
    return code


CreditCodeText = Annotated[str, AfterValidator(_credit_code)]
DistrictCode = Annotated[str, AfterValidator(_district)]

CreditCodePath = Annotated[CreditCodeText, Path(description="统一社会信用代码 · unified social credit code")]
CreditCodeFilter = Annotated[CreditCodeText | None, Query(description="统一社会信用代码 · credit code")]
DistrictFilter = Annotated[DistrictCode | None, Query(description="区代码 · district code, e.g. 310115")]


def after_text(cursor: str | None) -> str | None:
    """The text after which a page begins; refuses a cursor that holds none."""
    place = decode_cursor(cursor, 1)
    if place is None:
        return None
    if not isinstance(place[0], str):
        raise _invalid_cursor()
    return place[0]


def after_id(cursor: str | None) -> UUID | None:
    """The id after which a page begins; refuses a cursor that holds none."""
    text = after_text(cursor)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise _invalid_cursor() from None


def _invalid_cursor() -> Refused:
    text = Text("分页标记无效", "The cursor is not valid")
    return Refused(Refusal(INVALID_INPUT, errors=(FieldError("/query/cursor", "invalid_cursor", text),)))
