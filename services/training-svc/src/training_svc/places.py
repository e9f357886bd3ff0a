"""The place in a list after which a page begins: what a cursor of this service holds."""

from uuid import UUID

from chuangpei.paging import decode_cursor


def after_id(cursor: str | None) -> UUID:
    """The id after which the page begins; refuses a cursor that is not ours."""
    place = decode_cursor(cursor, UUID)
    return place[0] if place else UUID(int=0)


def after_code(cursor: str | None) -> str:
    """The code after which the page begins; refuses a cursor that is not ours."""
    place = decode_cursor(cursor, str)
    return place[0] if place else ""
