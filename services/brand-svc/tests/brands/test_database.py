"""What must never happen is forbidden by the database, whoever asks it."""

from datetime import date
from uuid import uuid4

import asyncpg
import pytest

_ANOTHER = """
INSERT INTO brands (id, credit_code, institution_name, district, tier, round_id,
                    recognised_on, state, ended_on, may_apply_again_on)
SELECT $1, credit_code, institution_name, district, tier, $2, $3, $4, $5, $6 FROM brands LIMIT 1
"""


async def another(city, recognised_on, state="active", ended_on=None, may_apply_again_on=None):
    """A second brand of the same credit code; the list it would need does not matter here."""
    async with city.service.database.transaction() as tx:
        await tx.connection.execute("SET LOCAL session_replication_role = replica")
        await tx.connection.execute(
            _ANOTHER, uuid4(), uuid4(), recognised_on, state, ended_on, may_apply_again_on
        )


async def test_two_active_brands_of_one_credit_code(holder):
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_brands_one_active"):
        await another(holder, date(2030, 1, 1))


async def test_a_past_brand_that_overlaps_an_active_one(holder):
    with pytest.raises(asyncpg.ExclusionViolationError):
        await another(holder, date(2026, 6, 29), "ended", date(2026, 7, 2))


async def test_a_brand_during_a_ban(holder):
    city = holder
    city.clock.advance(days=14)
    await city.revoked("A")
    with pytest.raises(asyncpg.ExclusionViolationError, match="no_brand_during_brand_or_ban"):
        await another(city, date(2028, 7, 15))
    await another(city, date(2028, 7, 16))


@pytest.mark.parametrize(
    ("state", "ended_on", "again"),
    [
        ("active", date(2030, 1, 1), None),
        ("ended", None, None),
        ("ended", date(2030, 1, 1), date(2032, 1, 2)),
        ("revoked", date(2030, 1, 1), None),
        ("revoked", date(2030, 1, 1), date(2030, 1, 1)),
        ("ended", date(2025, 1, 1), None),
        ("lost", date(2030, 1, 1), None),
    ],
)
async def test_a_brand_whose_days_do_not_fit_its_state(holder, state, ended_on, again):
    with pytest.raises(asyncpg.CheckViolationError):
        await another(holder, date(2029, 1, 1), state, ended_on, again)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE brands SET state = 'active', ended_on = NULL, may_apply_again_on = NULL",
        "UPDATE brands SET may_apply_again_on = may_apply_again_on - 1",
        "DELETE FROM brands",
        "UPDATE bans SET may_apply_again_on = may_apply_again_on - 1",
        "DELETE FROM bans",
        "UPDATE exit_cases SET state = 'dismissed'",
        "DELETE FROM exit_cases",
        "UPDATE signals SET ground = 'X5'",
        "DELETE FROM signals",
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM audit_log",
    ],
)
async def test_what_was_decided_and_recorded_cannot_be_changed(holder, sql):
    await holder.revoked("A")
    with pytest.raises(asyncpg.RestrictViolationError, match="can no longer be changed"):
        await holder.rows(sql)


async def test_a_ban_that_is_not_that_of_a_revoked_brand(holder):
    city = holder
    await city.deliver(city.revocation("A"))
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await city.rows(
            "INSERT INTO bans SELECT brand_id, id, credit_code, ground, opened_on, opened_on + 1, 'x'"
            " FROM exit_cases"
        )


async def test_two_undecided_cases_on_one_ground(holder):
    city = holder
    await city.deliver(city.revocation("A"))
    with pytest.raises(asyncpg.UniqueViolationError, match="one_open_a_ground"):
        await city.rows(
            "INSERT INTO exit_cases (id, credit_code, brand_id, institution_name, district, ground, state,"
            " opened_on, due_on, version) SELECT $1, credit_code, brand_id, institution_name, district,"
            " ground, state, opened_on, due_on, 1 FROM exit_cases",
            uuid4(),
        )


async def test_two_rounds_under_way(city):
    await city.announce()
    with pytest.raises(asyncpg.UniqueViolationError, match="under_way"):
        await city.rows(
            "INSERT INTO rounds (id, name, opens_on, closes_on, review_until, deliberation_until,"
            " publication_on, state, findings, version)"
            " SELECT $1, name, opens_on, closes_on, review_until, deliberation_until, publication_on, 'open',"
            " findings, 1 FROM rounds",
            uuid4(),
        )


async def test_a_brand_that_no_list_recognised(holder):
    city = holder
    await city.register("B")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await city.rows(
            "INSERT INTO brands (id, credit_code, institution_name, district, tier, round_id,"
            " recognised_on, state)"
            " SELECT $1, institutions.credit_code, name, institutions.district, 'city', round_id,"
            " '2026-07-01', 'active' FROM institutions, brands WHERE institutions.name = $2",
            uuid4(),
            "浦江人力资源有限公司",
        )
