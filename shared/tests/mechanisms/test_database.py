"""The gate in front of the pool, transactions, and telling a lost database from a mistake."""

import asyncio

import asyncpg
import pytest
import sqlalchemy as sa
from chuangpei.database import Database, DatabaseAway, Statement, is_connection_lost, is_worth_retrying
from chuangpei.testing.miniature import notes, opened

_WRITE = Statement(
    notes.insert().values(text=sa.bindparam("text", type_=sa.Text), amount=sa.literal(7, sa.BigInteger))
)
_TEXTS = Statement(sa.select(notes.c.text).order_by(notes.c.id))


async def test_requests_beyond_the_pool_are_served_first_come_first_served(dsn: str) -> None:
    begun: list[int] = []
    running = 0
    most = 0

    async def request(number: int) -> None:
        nonlocal running, most
        async with database.transaction() as tx:
            begun.append(number)
            running += 1
            most = max(most, running)
            await tx.connection.execute("SELECT pg_sleep($1)", 0.001 * (number % 3))
            running -= 1

    async with opened(dsn, pool_size=8) as database:
        await asyncio.gather(*(request(number) for number in range(8)))
        begun.clear()
        await asyncio.gather(*(request(number) for number in range(32)))

    assert most == 8
    # Whoever came earlier and has not begun yet stands inside the gate too, and that holds eight.
    passed = [sum(earlier < number for earlier in begun[place:]) for place, number in enumerate(begun)]
    assert max(passed) < 8, "those let in together may reach PostgreSQL in any order, no one else"


async def test_a_request_that_gives_up_waiting_holds_nobody_up(dsn: str) -> None:
    async with opened(dsn, pool_size=1) as database:
        async with database.transaction():
            waiting = [asyncio.create_task(database.is_ready()) for _ in range(3)]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)

        assert await database.is_ready()


async def test_a_cancelled_transaction_leaves_a_clean_connection(dsn: str) -> None:
    async with opened(dsn, pool_size=1) as database:

        async def cancelled() -> None:
            async with database.transaction() as tx:
                await tx.execute(_WRITE, {"text": "undone"})
                await tx.connection.execute("SELECT pg_sleep(60)")

        task = asyncio.create_task(cancelled())
        while not await sleeping(dsn):  # noqa: ASYNC110  # only PostgreSQL knows
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await database.rows(_TEXTS, {}) == []
        async with database.transaction() as tx:
            await tx.execute(_WRITE, {"text": "done"})
        assert [row["text"] for row in await database.rows(_TEXTS, {})] == ["done"]


async def sleeping(dsn: str) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE $1"
        return bool(await connection.fetchval(asked + " AND state = 'active'", "SELECT pg_sleep(60)%"))
    finally:
        await connection.close()


async def test_a_savepoint_undoes_its_own_part_only(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(_WRITE, {"text": "kept"})
        with pytest.raises(asyncpg.NotNullViolationError):
            async with tx.savepoint():
                await tx.execute(_WRITE, {"text": None})

    assert [row["text"] for row in await database.rows(_TEXTS, {})] == ["kept"]


async def test_what_waits_for_the_commit_is_told_after_it_and_once(database: Database) -> None:
    told: list[str] = []

    def tell() -> None:
        told.append("committed")

    async with database.transaction() as tx:
        tx.after_commit(tell)
        tx.after_commit(tell)
        assert told == []

    assert told == ["committed"]


async def test_a_statement_names_the_value_it_misses_and_keeps_its_constants(database: Database) -> None:
    with pytest.raises(KeyError, match="text"):
        _WRITE.arguments({})
    async with database.transaction() as tx:
        assert await tx.execute(_WRITE, {"text": "a"}) == 1
        assert await tx.connection.fetchval("SELECT amount FROM notes") == 7


async def test_an_absent_postgresql_is_told_from_a_mistake_in_our_own_calls(database: Database) -> None:
    async with opened("postgresql://nobody@127.0.0.1:9/none") as away:
        with pytest.raises(DatabaseAway) as refused:
            await away.rows(_TEXTS, {})
        with pytest.raises(DatabaseAway):
            await away.connect()
    assert is_connection_lost(refused.value)

    async with database.transaction() as tx:
        with pytest.raises(asyncpg.InterfaceError) as mistake:
            await tx.connection.execute("SELECT $1::int", 1, 2)
    assert not is_connection_lost(mistake.value)
    assert not is_connection_lost(FileNotFoundError())
    assert is_connection_lost(asyncpg.InternalClientError("cannot switch to state 12"))
    assert not is_worth_retrying(asyncpg.UniqueViolationError())
    assert is_worth_retrying(asyncpg.DeadlockDetectedError())


async def test_a_connection_lost_in_the_middle_is_known_as_such_at_every_later_step(
    dsn: str, database: Database
) -> None:
    errors: list[BaseException] = []

    async def cut_off() -> None:
        async with database.transaction() as tx:
            async with opened(dsn) as other, other.transaction() as killing:
                backend = tx.connection.get_server_pid()
                await killing.connection.execute("SELECT pg_terminate_backend($1, 5000)", backend)
            for _ in range(3):
                with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as found:
                    await tx.execute(_WRITE, {"text": "lost"})
                errors.append(found.value)
                await asyncio.sleep(0.01)

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as last:
        await cut_off()

    assert all(map(is_connection_lost, [*errors, last.value])), [*errors, last.value]
    assert await database.rows(_TEXTS, {}) == []
