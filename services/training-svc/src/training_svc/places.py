"""The place in a list that is ordered by id: what a cursor of this service holds."""

from uuid import UUID

from chuangpei.errors import Refused
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.paging import decode_cursor
from chuangpei.problems import INVALID_INPUT

_INVALID = FieldError("/query/cursor", "invalid_cursor", Text("分页标记无效", "The cursor is not valid"))


def after_id(cursor: str | None) -> UUID:
    """The id after which the page begins; refuses a cursor that is not ours."""
    place = decode_cursor(cursor, 1)
    if place is None:
        return UUID(int=0)
    try:
        return UUID(place[0])
    except (ValueError, AttributeError, TypeError):
        raise Refused(Refusal(INVALID_INPUT, errors=(_INVALID,))) from None


def after_code(cursor: str | None) -> str:
    """The code after which the page begins; refuses a cursor that is not ours."""
    place = decode_cursor(cursor, 1)
    if place is None:
        return ""
    if not isinstance(place[0], str):
        raise Refused(Refusal(INVALID_INPUT, errors=(_INVALID,)))
    return place[0]
