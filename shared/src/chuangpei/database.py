"""PostgreSQL: statements compiled once, executed by asyncpg behind a fair gate.

SQLAlchemy Core is the language, asyncpg executes. One transaction a request or message:

    async with database.transaction() as tx:
        row = await tx.row(CLAIM_FOR_UPDATE, {"id": claim_id})

The gate is a first-come-first-served semaphore the size of the pool, so that no request starves
while others overtake it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql import Executable, Insert
from sqlalchemy.sql.compiler import SQLCompiler

_JSON_TYPES = ("json", "jsonb")
_CONNECT_SECONDS = 15.0
_READY_SECONDS = 2.0
_IDLE_SECONDS = 300.0
Row = asyncpg.Record
Connection = asyncpg.Connection | PoolConnectionProxy


class DatabaseAway(ConnectionError):  # noqa: N818  # reads as the state it tells
    """PostgreSQL cannot be reached or takes no more connections: the same work may be tried again."""


class Statement:
    """A Core statement compiled at import into ``$1`` SQL and the order of its parameters.

    Values are given by name. A constant inside the statement keeps its value; every other bind
    parameter must be given, or :class:`KeyError` names it.
    """

    __slots__ = ("_constants", "_names", "sql")

    def __init__(self, statement: Executable) -> None:
        if isinstance(statement, Insert) and not statement._returning:
            statement = statement.inline()  # otherwise the new primary key is asked back, and nobody reads it
        compiled = statement.compile(  # type: ignore[attr-defined]  # every ClauseElement compiles
            dialect=asyncpg_dialect.dialect(),  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
            compile_kwargs={"render_postcompile": True},
        )
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        self._names = tuple(compiled.positiontup or ())
        self._constants = {
            name: value for name, value in compiled.params.items() if not compiled.binds[name].required
        }

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """The positional arguments for one execution."""
        constants = self._constants
        return [values[name] if name in values else constants[name] for name in self._names]


class Transaction:
    """One open transaction; what it wrote is durable when its block ends without an exception."""

    __slots__ = ("_after_commit", "connection", "wake_relay")

    def __init__(self, connection: Connection, wake_relay: Callable[[], None] | None = None) -> None:
        self.connection = connection
        self.wake_relay = wake_relay
        self._after_commit: list[Callable[[], None]] | None = None

    async def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        """All rows of a statement."""
        return await self.connection.fetch(statement.sql, *statement.arguments(values))

    async def row(self, statement: Statement, values: Mapping[str, Any]) -> Row | None:
        """The first row of a statement, or None."""
        return await self.connection.fetchrow(statement.sql, *statement.arguments(values))

    async def value(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        """The first column of the first row, or None."""
        return await self.connection.fetchval(statement.sql, *statement.arguments(values))

    async def execute(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """Runs a statement and returns how many rows it touched."""
        status = await self.connection.execute(statement.sql, *statement.arguments(values))
        return int(status.rpartition(" ")[2]) if status[-1:].isdigit() else 0

    async def execute_many(self, statement: Statement, values: Iterable[Mapping[str, Any]]) -> None:
        """Runs a statement once for each set of values, in one round trip."""
        await self.connection.executemany(statement.sql, [statement.arguments(one) for one in values])

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part that may fail alone: its writes are undone and the transaction goes on."""
        async with self.connection.transaction():
            yield

    async def check_deferred(self) -> None:
        """Fails now where a deferred constraint would fail at the commit, and so undo everything."""
        await self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Calls back once the transaction is durable; the same callback is called once."""
        if self._after_commit is None:
            self._after_commit = []
        if callback not in self._after_commit:
            self._after_commit.append(callback)

    def committed(self) -> None:
        """Tells the callbacks; called by :class:`Database` alone."""
        for callback in self._after_commit or ():
            callback()


async def _prepare_connection(connection: asyncpg.Connection) -> None:
    for name in _JSON_TYPES:
        await connection.set_type_codec(
            name, encoder=_dump_json, decoder=orjson.loads, schema="pg_catalog", format="text"
        )


def _dump_json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


async def _keep_session(connection: Connection) -> None:
    """The services never change session state, so a connection needs no reset between uses."""


class Database:
    """The pool of one service's database. Open it before use; closing waits for running work."""

    def __init__(self, dsn: str, *, pool_size: int = 8, application_name: str = "chuangpei") -> None:
        self.dsn = dsn
        self._pool_size = pool_size
        self._application_name = application_name
        self._gate = asyncio.Semaphore(pool_size)
        self._pool: asyncpg.Pool | None = None
        self._free: list[tuple[PoolConnectionProxy, float]] = []
        self._closing = False
        self.wake_relay: Callable[[], None] | None = None

    async def open(self) -> None:
        """Makes the pool. It connects when asked for something, so PostgreSQL may come later."""
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=0,
            max_size=self._pool_size,
            timeout=_CONNECT_SECONDS,
            init=_prepare_connection,
            reset=_keep_session,
            server_settings={
                "application_name": self._application_name,
                # The relay forgets a gap after a minute: no transaction may idle that long.
                "idle_in_transaction_session_timeout": "30s",
            },
        )

    async def close(self) -> None:
        """Waits for running transactions, then closes every connection."""
        if self._pool is not None:
            self._closing = True
            while self._free:
                await self._release(self._free.pop()[0])
            await self._pool.close()
            self._pool, self._closing = None, False

    async def connect(self) -> asyncpg.Connection:
        """A connection of its own outside the pool, for long-lived roles such as the relay's leader."""
        try:
            connection = await asyncpg.connect(
                self.dsn,
                timeout=_CONNECT_SECONDS,
                server_settings={"application_name": f"{self._application_name}-session"},
            )
            await _prepare_connection(connection)
        except _CANNOT_CONNECT as error:
            raise DatabaseAway(str(error) or type(error).__name__) from error
        return connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._gate:
            connection = await self._acquire()
            try:
                tx = Transaction(connection, self.wake_relay)
                async with connection.transaction():
                    yield tx
            except BaseException:
                await self._release(connection)
                raise
            await self._give_back(connection)
        tx.committed()

    async def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
        """All rows of one reading statement, outside any transaction block."""
        async with self._gate:
            connection = await self._acquire()
            try:
                found = await connection.fetch(statement.sql, *statement.arguments(values))
            except BaseException:
                await self._release(connection)
                raise
            await self._give_back(connection)
            return found

    async def row(self, statement: Statement, values: Mapping[str, Any]) -> Row | None:
        """The first row of one reading statement, outside any transaction block."""
        async with self._gate:
            connection = await self._acquire()
            try:
                found = await connection.fetchrow(statement.sql, *statement.arguments(values))
            except BaseException:
                await self._release(connection)
                raise
            await self._give_back(connection)
            return found

    async def is_ready(self) -> bool:
        """Whether PostgreSQL answers a request within two seconds."""
        try:
            async with asyncio.timeout(_READY_SECONDS):
                return bool(await self.row(_ONE, {}))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False

    async def _acquire(self) -> PoolConnectionProxy:
        """A connection that earlier work left in order, or one of the pool."""
        while self._free:
            connection, since = self._free.pop()
            if not connection.is_closed():
                if _now() - since < _IDLE_SECONDS:
                    return connection
                connection.terminate()  # what lies between may have forgotten it
            await self._release(connection)
        try:
            return await self._open_pool().acquire()
        except _CANNOT_CONNECT as error:
            raise DatabaseAway(str(error) or type(error).__name__) from error

    async def _give_back(self, connection: PoolConnectionProxy) -> None:
        """Keeps a connection whose work ended well at hand: going through the pool costs a task each time."""
        if self._closing:
            await self._release(connection)
        else:
            self._free.append((connection, _now()))

    async def _release(self, connection: PoolConnectionProxy) -> None:
        with contextlib.suppress(asyncpg.InternalClientError):  # lost meanwhile, and so released already
            await self._open_pool().release(connection)

    def _open_pool(self) -> asyncpg.Pool:
        if self._pool is None:
            raise RuntimeError("the database is not open")
        return self._pool


def _now() -> float:
    return asyncio.get_running_loop().time()


_ONE = Statement(select(literal_column("1")))

_CANNOT_CONNECT = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.InternalClientError,
)
_LOST = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InternalClientError,  # asyncpg lost count of a conversation that the server broke off
)
_COLLIDED = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidCachedStatementError,
)
_UNDONE_AT_ONCE = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


def is_connection_lost(error: BaseException) -> bool:
    """Whether the database is away, so that the same work may be tried again unchanged.

    asyncpg's InterfaceError also tells mistakes in our own calls, which no second try mends.
    """
    if isinstance(error, asyncpg.InterfaceError):
        return any(word in str(error) for word in ("closed", "closing", "released back to the pool"))
    return isinstance(error, _LOST)


def is_collision(error: BaseException) -> bool:
    """Whether PostgreSQL undid the whole transaction in favour of another, so that it may begin anew at once.

    Two that meet in one exclusion constraint can end so, in whatever order they lock.
    """
    return isinstance(error, _UNDONE_AT_ONCE)


def is_worth_retrying(error: BaseException) -> bool:
    """Whether the work failed only because of others at work just then, or of a schema just changed."""
    return is_connection_lost(error) or isinstance(error, _COLLIDED)
