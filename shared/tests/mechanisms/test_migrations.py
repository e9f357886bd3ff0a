"""Migrations: applied once however many start together; what models and database differ in is found."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from chuangpei.migrations import differences, is_current, latest, upgrade

ENV = """
from chuangpei.migrations import run
import sqlalchemy as sa
metadata = sa.MetaData()
run(metadata)
"""
FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.create_table("things", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("name", sa.Text))
    op.execute("INSERT INTO things (id) VALUES (1)")
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("INSERT INTO things (id) VALUES (2)")
"""
FAILING = SECOND + "    op.execute('SELECT 1/0')\n"
MIGRATE = """
import sys
from pathlib import Path
from chuangpei.migrations import upgrade_now
upgrade_now(sys.argv[1], Path(sys.argv[2]))
"""


def folder_with(root: Path, **versions: str) -> Path:
    (root / "versions").mkdir(parents=True)
    (root / "env.py").write_text(ENV)
    for name, content in versions.items():
        (root / "versions" / f"{name.removeprefix('v')}_step.py").write_text(content)
    return root


async def rows(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    try:
        return [row["id"] for row in await connection.fetch("SELECT id FROM things ORDER BY id")]
    finally:
        await connection.close()


async def test_processes_that_migrate_at_once_migrate_once(
    make_empty_database: Callable[[], str], tmp_path: Path
) -> None:
    dsn, folder = make_empty_database(), folder_with(tmp_path / "m", v0001=FIRST, v0002=SECOND)
    assert not await is_current(dsn, folder)

    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, dsn, str(folder))
        for _ in range(3)
    ]
    codes = [await process.wait() for process in processes]

    assert codes == [0, 0, 0]
    assert await rows(dsn) == [1, 2]
    assert latest(folder) == "0002"
    assert await is_current(dsn, folder)


async def test_the_newest_revision_is_the_one_none_follows_whatever_its_number(
    make_empty_database: Callable[[], str], tmp_path: Path
) -> None:
    after = SECOND.replace('"0001"', '"0009"')
    folder = folder_with(tmp_path / "m", v0009=FIRST.replace('"0001"', '"0009"'), v0002=after)
    dsn = make_empty_database()
    await upgrade(dsn, folder)

    assert latest(folder) == "0002"
    assert await is_current(dsn, folder)


async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    make_empty_database: Callable[[], str], tmp_path: Path
) -> None:
    dsn = make_empty_database()
    await upgrade(dsn, folder_with(tmp_path / "a", v0001=FIRST))

    with pytest.raises(sa.exc.DBAPIError, match="division by zero"):
        await upgrade(dsn, folder_with(tmp_path / "b", v0001=FIRST, v0002=FAILING))

    assert await rows(dsn) == [1]
    await upgrade(dsn, folder_with(tmp_path / "c", v0001=FIRST, v0002=SECOND))
    assert await rows(dsn) == [1, 2]


async def test_what_models_and_database_differ_in_is_found(
    make_empty_database: Callable[[], str], tmp_path: Path
) -> None:
    dsn = make_empty_database()
    await upgrade(dsn, folder_with(tmp_path / "m", v0001=FIRST))

    def models(*columns: sa.Column[object]) -> sa.MetaData:
        metadata = sa.MetaData()
        sa.Table("things", metadata, sa.Column("id", sa.BigInteger, primary_key=True), *columns)
        return metadata

    name, extra = sa.Column("name", sa.Text), sa.Column("extra", sa.Text)
    assert await differences(dsn, models(name)) == []
    assert "extra" in repr(await differences(dsn, models(sa.Column("name", sa.Text), extra)))
    assert "remove_column" in repr(await differences(dsn, models()))
    assert "modify_type" in repr(await differences(dsn, models(sa.Column("name", sa.Integer))))


async def test_options_of_a_connection_string_are_understood(
    make_empty_database: Callable[[], str], tmp_path: Path
) -> None:
    dsn = make_empty_database() + "?sslmode=prefer"

    await upgrade(dsn, folder_with(tmp_path / "m", v0001=FIRST))

    assert await rows(dsn) == [1]
