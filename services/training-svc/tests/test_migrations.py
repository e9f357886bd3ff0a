"""The migrations match the models, and the database itself forbids what must never happen."""

import asyncpg
import pytest
from chuangpei.migrations import differences
from chuangpei.testing.contracts import unmatched_checks
from training_svc.app import MIGRATIONS
from training_svc.models import metadata


async def test_the_migrated_database_is_what_the_models_say(make_database):
    assert await differences(await make_database(MIGRATIONS), metadata) == []


async def test_every_check_of_the_models_is_in_the_database(make_database):
    assert await unmatched_checks(await make_database(MIGRATIONS), metadata) == set()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log"],
)
async def test_the_audit_log_only_grows(world, statement):
    await world.project()
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE standards SET min_hours = 1", "DELETE FROM standards", "TRUNCATE standards CASCADE"]
)
async def test_a_cited_standard_is_frozen(world, statement):
    await world.qualified()
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluation_norms SET pass_mark = 1",
        "DELETE FROM evaluation_norms",
        "TRUNCATE evaluation_norms CASCADE",
    ],
)
async def test_a_cited_norm_is_frozen(world, statement):
    institution = await world.qualified()
    await world.norm()
    assert (await world.filed(institution))["norm_version"] == "2026-1"
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(statement)


async def test_the_weights_of_a_norm_sum_to_100(world):
    await world.project()
    await world.norm()
    with pytest.raises(asyncpg.CheckViolationError):
        await world.count("""UPDATE evaluation_norms SET parts = '[{"weight": 99}]'""")


@pytest.mark.parametrize(
    "change",
    [
        "certificates = ARRAY['training_completion']",
        "certificates = ARRAY['entrepreneurship_completion']",
        "district = '310104'",
        "family = 'district'",
    ],
)
async def test_a_project_has_the_certificates_of_its_stage_and_a_district_only_if_it_is_one_districts(
    world, change
):
    await world.project()
    with pytest.raises(asyncpg.CheckViolationError):
        await world.count(f"UPDATE projects SET {change}")  # noqa: S608 -- the changes are named above


async def test_the_stage_of_a_project_never_changes(world):
    await world.project("GYB", stage=1)
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count("UPDATE projects SET stage = 2")


async def test_nobody_is_granted_two_qualifications_for_one_day(world):
    await world.qualified()
    with pytest.raises(asyncpg.ExclusionViolationError):
        await world.count(
            "INSERT INTO qualifications (id, institution_id, project_code, standard_version, district, state,"
            " created_at, created_by, submitted_at, findings, decided_on, decided_at, decided_by, valid_from,"
            " valid_until, version) SELECT gen_random_uuid(), institution_id, project_code, standard_version,"
            " district, state, created_at, created_by, submitted_at, findings, decided_on, decided_at,"
            " decided_by, valid_until, valid_until + 1, version FROM qualifications"
        )


@pytest.mark.parametrize(
    "change",
    [
        "district = '310104'",
        "standard_version = '2026-2'",
        "project_code = 'SYB'",
        "norm_version = '2026-1'",
        "qualification_id = NULL",
    ],
)
async def test_what_a_class_was_filed_under_is_frozen_on_it(world, change):
    institution = await world.qualified()
    await world.filed(institution)
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(f"UPDATE classes SET {change}")  # noqa: S608 -- the changes are named above


async def test_no_class_holds_more_than_its_capacity(world):
    institution = await world.qualified()
    await world.filed(institution, capacity=3)
    with pytest.raises(asyncpg.CheckViolationError):
        await world.count("UPDATE classes SET enrolled = 4")


@pytest.mark.parametrize(
    "change",
    ["state = 'enrolled', completed_at = NULL, completed_on = NULL", "sessions_attended = 1"],
)
async def test_who_has_completed_stays_completed(world, change):
    institution = await world.qualified()
    filed = await world.filed(institution)
    enrolment = await world.enrolled(institution, filed)
    await world.attended(institution, filed, enrolment, 4)
    await world.made(f"/enrolments/{enrolment['id']}/complete", None, world.of_institution(institution), 1)
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(f"UPDATE enrolments SET {change}")  # noqa: S608 -- the changes are named above


async def test_attendance_joins_a_session_and_an_enrolment_of_one_class_only(world):
    institution = await world.qualified()
    first = await world.filed(institution)
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    enrolment = await world.enrolled(institution, first)
    values = (first["id"], other["sessions"][0]["id"], enrolment["id"])
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await world.count(
            "INSERT INTO attendance (id, class_id, session_id, enrolment_id, present, method, recorded_at,"
            " device, received_at, received_from, by_trainee, version)"
            " VALUES (gen_random_uuid(), $1, $2, $3, true, 'qr', now(), 'd', now(), 'x', false, 1)",
            *values,
        )


@pytest.mark.parametrize(
    "change",
    ["enrolled = 1", "good = 2", "state = 'importing'", "bad = 0"],
)
async def test_the_counts_of_a_roster_import_always_fit(world, change):
    institution = await world.qualified()
    filed = await world.filed(institution)
    await world.roster(institution, filed, world.roster_file([world.trainee(phone="1"), world.trainee()]))
    with pytest.raises(asyncpg.CheckViolationError):
        await world.count(f"UPDATE roster_imports SET {change}")  # noqa: S608 -- the changes are named above


async def test_a_roster_has_one_good_row_for_a_person(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    await world.sent_roster(institution, filed, world.roster_file([world.trainee(), world.trainee()]))
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.count("UPDATE roster_rows SET checked = true, good = true, person_key = 'same'")
