"""Lists that filter, sort and page by cursor: every row once, in the order asked."""

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from chuangpei.database import Database, Statement
from chuangpei.errors import Refused
from chuangpei.listing import Listing, Order, equal, since, until
from chuangpei.paging import PageQuery
from chuangpei.testing.miniature import notes, opened
from pydantic import ValidationError

LIST = Listing(
    sa.select(notes),
    key=Order(notes.c.id, int),
    orders={"amount": Order(notes.c.amount, int), "text": Order(notes.c.text, str)},
    filters={"text": equal(notes.c.text), "least": since(notes.c.amount), "most_of": until(notes.c.amount)},
    reaches={"all": None, "of_text": notes.c.text == sa.bindparam("scope", type_=sa.Text)},
)
_WRITE = Statement(
    notes.insert().values(
        text=sa.bindparam("text", type_=sa.Text), amount=sa.bindparam("amount", type_=sa.BigInteger)
    )
)


class Query(PageQuery):
    """What may be asked of the notes."""

    text: str | None = None
    least: int | None = None
    most_of: int | None = None
    sort: Literal["id", "-id", "amount", "-amount", "text", "-text"] = "id"


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    async with opened(dsn) as database:
        async with database.transaction() as tx:
            for number in range(9):
                await tx.execute(_WRITE, {"text": "abc"[number % 3], "amount": number // 3})
        yield database


async def found(database: Database, reach: str = "all", scope: Any = None, **query: Any) -> list[int]:
    """The ids of all pages, two rows each."""
    ids: list[int] = []
    cursor = None
    while True:
        asked = Query(limit=2, cursor=cursor, **query)
        page = await LIST.page(
            database, LIST.asked(asked, reach=reach, scope=scope), asked, lambda row: row["id"]
        )
        ids += page.items
        cursor = page.next_cursor
        if cursor is None:
            return ids


async def test_the_pages_show_every_row_once_in_the_order_asked(database: Database) -> None:
    assert await found(database) == list(range(1, 10))
    assert await found(database, sort="-id") == list(range(9, 0, -1))


async def test_rows_of_equal_value_are_ordered_by_the_key_and_none_is_lost(database: Database) -> None:
    assert await found(database, sort="text") == [1, 4, 7, 2, 5, 8, 3, 6, 9]
    assert await found(database, sort="-text") == [9, 6, 3, 8, 5, 2, 7, 4, 1]


async def test_only_the_filters_with_a_value_narrow_the_list(database: Database) -> None:
    assert await found(database, text="b") == [2, 5, 8]
    assert await found(database, least=1, most_of=1) == [4, 5, 6]
    assert await found(database, text="b", least=1, sort="-amount") == [8, 5]


async def test_a_reach_narrows_what_is_seen_whatever_is_asked(database: Database) -> None:
    assert await found(database, reach="of_text", scope="a") == [1, 4, 7]
    assert await found(database, reach="of_text", scope="a", text="b") == []


async def test_all_rows_are_read_in_the_same_order(database: Database) -> None:
    asked = LIST.asked(Query(sort="-amount", text="c"), reach="all")
    assert [row["id"] async for row in LIST.all_rows(database, asked)] == [9, 6, 3]


async def test_a_row_written_meanwhile_disturbs_no_later_page(database: Database) -> None:
    query = Query(limit=4, sort="-amount")
    first = await LIST.page(database, LIST.asked(query, reach="all"), query, lambda row: row["id"])
    async with database.transaction() as tx:
        await tx.execute(_WRITE, {"text": "new", "amount": 99})
    rest = Query(limit=9, sort="-amount", cursor=first.next_cursor)
    second = await LIST.page(database, LIST.asked(rest, reach="all"), rest, lambda row: row["id"])
    assert first.items + second.items == list(range(9, 0, -1))


async def test_a_cursor_of_another_order_is_refused(database: Database) -> None:
    query = Query(limit=2, sort="amount")
    page = await LIST.page(database, LIST.asked(query, reach="all"), query, lambda row: row["id"])
    other = Query(limit=2, sort="-amount", cursor=page.next_cursor)
    with pytest.raises(Refused) as refused:
        await LIST.page(database, LIST.asked(other, reach="all"), other, lambda row: row["id"])
    assert refused.value.refusal.errors[0].pointer == "/query/cursor"


def test_a_parameter_that_the_list_does_not_know_is_refused() -> None:
    with pytest.raises(ValidationError):
        Query.model_validate({"txet": "a"})


def test_only_what_is_asked_stands_in_the_statement() -> None:
    plain = LIST.statement(LIST.asked(Query(), reach="all")).sql
    assert "WHERE" not in plain
    filtered = LIST.statement(LIST.asked(Query(text="a"), reach="all")).sql
    assert "notes.text = " in filtered
    assert "amount >=" not in filtered


async def test_what_the_statement_itself_asks_for_is_given_beside_the_filters(database: Database) -> None:
    doubled = notes.c.amount * sa.bindparam("factor", type_=sa.Integer)
    listing = Listing(sa.select(notes.c.id, doubled.label("many")), key=Order(notes.c.id, int))
    query = PageQuery(limit=4)
    asked = listing.asked(query, given={"factor": 10})
    page = await listing.page(database, asked, query, lambda row: row["many"])
    assert page.items == [0, 0, 0, 10]
    assert [row["many"] async for row in listing.all_rows(database, asked)] == [
        0,
        0,
        0,
        10,
        10,
        10,
        20,
        20,
        20,
    ]
