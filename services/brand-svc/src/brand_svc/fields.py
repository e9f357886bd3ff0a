"""Fields that several bodies and queries have: the credit code, the district, a page's place."""

from typing import Annotated
from uuid import UUID

from chuangpei.input_errors import InvalidText
from chuangpei.kernel.credit_code import CreditCode, parse_credit_code
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.refusals import Text
from chuangpei.paging import decode_cursor
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
    place = decode_cursor(cursor, str)
    return place[0] if place else None


def after_id(cursor: str | None) -> UUID | None:
    """The id after which a page begins; refuses a cursor that holds none."""
    place = decode_cursor(cursor, UUID)
    return place[0] if place else None
