"""The place in a list that is sorted by id."""

from uuid import UUID

from chuangpei.errors import Refused
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.paging import decode_cursor
from chuangpei.problems import INVALID_INPUT

_INVALID = FieldError("/query/cursor", "invalid_cursor", Text("分页标记无效", "The cursor is not valid"))


def id_of(cursor: str | None) -> UUID | None:
    """The id of the last row of the page before, or None for the first page; refuses a cursor not ours."""
    place = decode_cursor(cursor, 1)
    if place is None:
        return None
    try:
        return UUID(place[0])
    except (ValueError, TypeError, AttributeError) as error:
        raise Refused(Refusal(INVALID_INPUT, errors=(_INVALID,))) from error
