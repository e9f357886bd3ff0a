"""Lists that filter, sort and page by cursor, each asked combination compiled once.

    INSTITUTIONS = Listing(
        select(institutions),
        key=Order(institutions.c.id, UUID),
        orders={"name": Order(institutions.c.name, str)},
        filters={"kind": equal(institutions.c.kind)},
        reaches=reaches(credit_code=..., district=...),
    )
    asked = INSTITUTIONS.asked(query, reach=scope.reach, scope=scope.value)

Only the filters that are asked for stand in the statement, so that PostgreSQL plans each combination with the
index that serves it. A page begins after a place (a keyset), never at an OFFSET.
"""

from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy import bindparam
from sqlalchemy.types import TypeEngine

from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.paging import Page, PageQuery, decode_cursor, encode_cursor

T = TypeVar("T")
_EXPORT_PAGE = 1_000
_NOT_FILTERS = {"limit", "cursor", "format"}


@dataclass(frozen=True, slots=True)
class Order:
    """A column that a list is ordered by: NOT NULL, its name in each row, and its kind in a cursor."""

    column: sa.ColumnElement[Any]
    kind: type
    label: str | None = None

    @property
    def name(self) -> str:
        """The name under which each row has the value."""
        return self.label or str(self.column.key)


class Filter(NamedTuple):
    """A condition on one value a client may give, and the SQL type of that value."""

    type: TypeEngine[Any]
    condition: Callable[[sa.BindParameter[Any]], sa.ColumnElement[bool]]


def equal(column: sa.ColumnElement[Any]) -> Filter:
    """Rows whose column is the value."""
    return Filter(column.type, lambda value: column == value)


def since(column: sa.ColumnElement[Any]) -> Filter:
    """Rows whose column is the value or later."""
    return Filter(column.type, lambda value: column >= value)


def until(column: sa.ColumnElement[Any]) -> Filter:
    """Rows whose column is the value or earlier."""
    return Filter(column.type, lambda value: column <= value)


class Asked(NamedTuple):
    """What one client asks of a list: the reach and its value, the order, the filters with a value each.

    ``given`` are the values of parameters that the list's own statement has, such as ``today``.
    """

    reach: Hashable
    scope: Any
    sort: str
    filters: Mapping[str, Any]
    given: Mapping[str, Any]


class Listing:
    """One list of a service: what it selects, in which orders, by which filters, within which reach.

    ``key`` is the unique column that ends every order; ``orders`` are the other columns one may sort by, each
    NOT NULL. A sort is asked by its name, or with ``-`` before it for the other way. ``reaches`` narrows the
    list to what one may see by the parameter ``scope``; None narrows nothing.
    """

    def __init__(
        self,
        select: sa.Select[Any],
        *,
        key: Order,
        orders: Mapping[str, Order] | None = None,
        filters: Mapping[str, Filter] | None = None,
        reaches: Mapping[Any, sa.ColumnElement[bool] | None] | None = None,
    ) -> None:
        self._select = select
        self._key = key
        self._orders = {key.name: key, **(orders or {})}
        self._filters = dict(filters or {})
        self._reaches: Mapping[Any, sa.ColumnElement[bool] | None] = reaches or {None: None}
        self._compiled: dict[Hashable, Statement] = {}

    def asked(
        self,
        query: BaseModel,
        *,
        reach: Hashable = None,
        scope: Any = None,
        given: Mapping[str, Any] | None = None,
        **filters: Any,
    ) -> Asked:
        """What a client asks: the ``sort`` and filters of its query, those without a value asking nothing.

        The model of the query names only orders and filters that the list has. ``filters`` are those the
        route itself sets, such as the class whose enrolments are listed.
        """
        wanted = query.model_dump(exclude=_NOT_FILTERS) | filters
        sort = wanted.pop("sort", None) or self._key.name
        present = {name: value for name, value in wanted.items() if value is not None}
        return Asked(reach, scope, sort, present, given or {})

    async def page(
        self,
        source: Database | Transaction,
        asked: Asked,
        query: PageQuery,
        view: Callable[[Row], T],
    ) -> Page[T]:
        """One page. Raises :class:`chuangpei.errors.Refused` (422) for a cursor of another list or order."""
        limit = query.limit
        rows = await self._read(source, asked, self._place(asked, query.cursor), limit + 1)
        place = self._place_of(asked, rows[limit - 1]) if len(rows) > limit else None
        next_cursor = encode_cursor(asked.sort, *place) if place else None
        return Page(items=[view(row) for row in rows[:limit]], next_cursor=next_cursor)

    async def all_rows(self, source: Database | Transaction, asked: Asked) -> AsyncIterator[Row]:
        """Every row, read page by page: from a database, none is held open while a client takes its time."""
        place: tuple[Any, ...] | None = None
        while True:
            rows = await self._read(source, asked, place, _EXPORT_PAGE)
            for row in rows:
                yield row
            if len(rows) < _EXPORT_PAGE:
                return
            place = self._place_of(asked, rows[-1])

    def statement(self, asked: Asked, *, first_page: bool = True) -> Statement:
        """The compiled statement of what is asked, for looking at its plan."""
        wanted = (asked.reach, asked.sort, frozenset(asked.filters), first_page)
        if wanted not in self._compiled:
            self._compiled[wanted] = Statement(self._composed(asked, first_page))
        return self._compiled[wanted]

    async def _read(
        self, source: Database | Transaction, asked: Asked, place: tuple[Any, ...] | None, most: int
    ) -> list[Row]:
        values = {f"of_{name}": value for name, value in asked.filters.items()}
        values |= {"scope": asked.scope, "most": most, **asked.given}
        values |= {f"place_{number}": value for number, value in enumerate(place or ())}
        return await source.rows(self.statement(asked, first_page=place is None), values)

    def _composed(self, asked: Asked, first_page: bool) -> sa.Select[Any]:
        columns = [order.column for order in self._order_of(asked)]
        backwards = asked.sort.startswith("-")
        select = self._select.order_by(*(one.desc() if backwards else one for one in columns))
        reach = self._reaches[asked.reach]
        if reach is not None:
            select = select.where(reach)
        for name in sorted(asked.filters):
            kind, condition = self._filters[name]
            select = select.where(condition(bindparam(f"of_{name}", type_=kind)))
        if not first_page:
            place = sa.tuple_(
                *(bindparam(f"place_{number}", type_=one.type) for number, one in enumerate(columns))
            )
            row = sa.tuple_(*columns)
            select = select.where(row < place if backwards else row > place)
        return select.limit(bindparam("most", type_=sa.Integer))

    def _order_of(self, asked: Asked) -> list[Order]:
        order = self._orders[asked.sort.removeprefix("-")]
        return [order] if order is self._key else [order, self._key]

    def _place(self, asked: Asked, cursor: str | None) -> tuple[Any, ...] | None:
        kinds = [order.kind for order in self._order_of(asked)]
        found = decode_cursor(cursor, str, *kinds, first=asked.sort)
        return tuple(found[1:]) if found else None

    def _place_of(self, asked: Asked, row: Row) -> tuple[Any, ...]:
        return tuple(row[order.name] for order in self._order_of(asked))
