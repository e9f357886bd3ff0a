"""Cursor pagination: a page carries the opaque place after which the next one begins; there is no OFFSET."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from chuangpei.errors import Refused
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=200, description="每页条数 · items a page")]
Cursor = Annotated[
    str | None, Query(max_length=400, description="上一页的 next_cursor · next_cursor of the page before")
]

_LEAST_ID = UUID(int=0)
_GREATEST_ID = UUID(int=2**128 - 1)


class ListQuery(BaseModel):
    """What a client may ask of a list; an unknown parameter is refused, never silently without effect."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(ListQuery):
    """The page asked for; the query of each list adds its filters and its ``sort``."""

    limit: int = Field(default=50, ge=1, le=200, description="每页条数 · items a page")
    cursor: str | None = Field(
        default=None, max_length=400, description="上一页的 next_cursor · next_cursor of the page before"
    )


class Page(BaseModel, Generic[T]):
    """One page of a list; ``next_cursor`` is null on the last."""

    items: list[T]
    next_cursor: str | None


def encode_cursor(*place: Any) -> str:
    """The opaque form of the last row's sort values."""
    # default: asyncpg's own UUID, which orjson does not take for one.
    return base64.urlsafe_b64encode(orjson.dumps(place, default=str)).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type, first: str | None = None) -> list[Any] | None:
    """The sort values a cursor stands for, or None for the first page; refuses one that is not ours.

    ``kinds`` names what each value must be: int, str, UUID, date or datetime; they come back as such.
    ``first`` is what the first value must be, where a cursor names the order it was made in.
    """
    if cursor is None:
        return None
    try:
        place = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if not isinstance(place, list) or len(place) != len(kinds):
            raise ValueError("a cursor of another list")
        if first is not None and place[0] != first:
            raise ValueError("a cursor of another order")
        return [_READ[kind](value) for kind, value in zip(kinds, place, strict=True)]
    except ValueError:
        text = Text("分页标记无效", "The cursor is not valid")
        error = FieldError("/query/cursor", "invalid_cursor", text)
        raise Refused(Refusal(INVALID_INPUT, errors=(error,))) from None


def after_id(cursor: str | None) -> UUID:
    """The id after which a page in rising order begins; before every id for the first page."""
    return _only(cursor, UUID, _LEAST_ID)


def before_id(cursor: str | None) -> UUID:
    """The id before which a page in falling order begins: the newest first."""
    return _only(cursor, UUID, _GREATEST_ID)


def after_text(cursor: str | None) -> str:
    """The text, such as a code, after which a page in rising order begins."""
    return _only(cursor, str, "")


def _only(cursor: str | None, kind: type[T], first: T) -> T:
    place = decode_cursor(cursor, kind)
    return first if place is None else place[0]


def _integer(value: Any) -> int:
    if type(value) is not int or abs(value) >= 2**63:
        raise ValueError("no integer that PostgreSQL holds")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("no text that PostgreSQL holds")
    return value


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.utcoffset() is None:
        raise ValueError("an instant without its zone")
    return instant


_READ: Mapping[type, Callable[[Any], Any]] = {
    int: _integer,
    str: _text,
    UUID: lambda value: UUID(_text(value)),
    date: lambda value: date.fromisoformat(_text(value)),
    datetime: _instant,
}


def page_of(rows: Sequence[T], limit: int, place: Any) -> Page[T]:
    """A page from ``limit + 1`` rows read; ``place(row)`` gives a row's sort values as a tuple."""
    more = len(rows) > limit
    shown = list(rows[:limit])
    return Page(items=shown, next_cursor=encode_cursor(*place(shown[-1])) if more and shown else None)
