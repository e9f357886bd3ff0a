"""Lists by id: the place after which a page begins, checked before it reaches the database."""

from uuid import UUID

from chuangpei.paging import decode_cursor

_START = UUID(int=0)
_END = UUID(int=2**128 - 1)


def after_id(cursor: str | None) -> UUID:
    """The id after which a page in rising order begins."""
    return _id_of(cursor) or _START


def before_id(cursor: str | None) -> UUID:
    """The id before which a page in falling order begins: the newest first."""
    return _id_of(cursor) or _END


def _id_of(cursor: str | None) -> UUID | None:
    place = decode_cursor(cursor, UUID)
    return place[0] if place else None
