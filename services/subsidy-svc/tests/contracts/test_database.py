"""The migrated database is what the models say, and refuses what must never happen."""

import sqlalchemy as sa
from chuangpei.migrations import differences, is_current
from subsidy_svc.app import MIGRATIONS
from subsidy_svc.models import metadata


async def test_migrations_match_the_models(make_database):
    dsn = await make_database(MIGRATIONS)
    assert await is_current(dsn, MIGRATIONS)
    assert await differences(dsn, metadata) == []


async def test_every_check_of_the_models_is_in_the_database(office):
    rows = await office.sql(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    meant = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    assert {row["conname"] for row in rows} == meant
