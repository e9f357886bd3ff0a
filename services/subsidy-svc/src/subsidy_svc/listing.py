"""Lists by id: the place after which a page begins, checked before it reaches the database."""

from uuid import UUID

from chuangpei.errors import Refused
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.paging import decode_cursor
from chuangpei.problems import INVALID_INPUT

_START = UUID(int=0)
_END = UUID(int=2**128 - 1)


def after_id(cursor: str | None) -> UUID:
    """The id after which a page in rising order begins."""
    return _id_of(cursor) or _START


def before_id(cursor: str | None) -> UUID:
    """The id before which a page in falling order begins: the newest first."""
    return _id_of(cursor) or _END


def _id_of(cursor: str | None) -> UUID | None:
    place = decode_cursor(cursor, 1)
    if place is None:
        return None
    try:
        return UUID(place[0])
    except (ValueError, AttributeError, TypeError) as error:
        text = Text("分页标记无效", "The cursor is not valid")
        refusal = Refusal(INVALID_INPUT, errors=(FieldError("/query/cursor", "invalid_cursor", text),))
        raise Refused(refusal) from error
