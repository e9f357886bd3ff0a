"""Alembic for a service: its ``migrations/env.py`` calls :func:`run`; :func:`upgrade` migrates a database."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import sqlalchemy as sa
from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

MIGRATE_LOCK = 0x6D69677261746573


def run(metadata: MetaData) -> None:
    """Called by ``env.py``: runs the migrations on the connection that :func:`upgrade` hands over."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()


def latest(folder: Path) -> str:
    """The newest revision in ``folder``, whatever the numbers of its files: the one that none follows.

    Raises :class:`alembic.util.CommandError` where more than one is the newest.
    """
    return str(ScriptDirectory(str(folder)).get_current_head())


async def is_current(dsn: str, folder: Path) -> bool:
    """Whether the database stands at the newest revision; cheap, for a quick second start."""
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return False
        return bool(await connection.fetchval("SELECT version_num FROM alembic_version") == latest(folder))
    finally:
        await connection.close()


async def upgrade(dsn: str, folder: Path) -> None:
    """Migrates to the newest revision; safe when several processes start together."""

    def upgraded(connection: Connection) -> None:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATE_LOCK})
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    await _on_connection(dsn, upgraded)


async def differences(dsn: str, metadata: MetaData) -> list[object]:
    """What the models have and the migrated database has not, or the other way round."""
    found: list[object] = []

    def compared(connection: Connection) -> None:
        options = {"compare_type": True, "compare_server_default": False}
        found.extend(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    await _on_connection(dsn, compared)
    return found


async def _on_connection(dsn: str, work: Callable[[Connection], None]) -> None:
    # asyncpg reads the DSN itself: SQLAlchemy would not understand all of its options, such as sslmode.
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def upgrade_now(dsn: str, folder: Path) -> None:
    """:func:`upgrade` for a command line."""
    asyncio.run(upgrade(dsn, folder))
