"""The migrated database is what the models say, CHECKs included."""

from cert_svc.app import MIGRATIONS
from cert_svc.certificates.register import CHECK
from cert_svc.models import metadata
from chuangpei.migrations import differences, is_current
from chuangpei.testing.contracts import unmatched_checks


async def test_migrations_match_the_models(make_database):
    dsn = await make_database(MIGRATIONS)
    assert await is_current(dsn, MIGRATIONS)
    assert await differences(dsn, metadata) == []


async def test_every_check_of_the_models_is_in_the_database(make_database):
    assert await unmatched_checks(await make_database(MIGRATIONS), metadata) == set()


async def test_the_public_check_looks_into_indexes_alone(office):
    async with office.service.database.transaction() as tx:
        # An empty table is read whole, whatever indexes it has.
        await tx.connection.execute("SET LOCAL enable_seqscan = off")
        plan = await tx.connection.fetch(f"EXPLAIN EXECUTE {await prepared(tx)}('SH2026H7K3M01X2T0B')")
    written = "".join(row[0] for row in plan)
    assert "uq_certificate_editions_number" in written
    assert "pk_certificates" in written


async def prepared(tx):
    """The very statement of the route."""
    await tx.connection.execute(f"PREPARE public_check AS {CHECK.sql}")
    return "public_check"
