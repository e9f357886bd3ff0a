"""The place in a list that is sorted by id."""

from uuid import UUID

from chuangpei.paging import decode_cursor


def id_of(cursor: str | None) -> UUID | None:
    """The id of the last row of the page before, or None for the first page; refuses a cursor not ours."""
    place = decode_cursor(cursor, UUID)
    return place[0] if place else None
