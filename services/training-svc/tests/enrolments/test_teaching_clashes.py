"""Nobody teaches one class and sits in another at the same time, whichever comes first (T06, T10)."""

import asyncio
from datetime import date

import asyncpg
import pytest
from training_svc.classes import use_cases as classes
from training_svc.classes.schemas import NewClass
from training_svc.enrolments import use_cases as enrolments
from training_svc.enrolments.schemas import NewEnrolment


@pytest.fixture
def teacher(world):
    return {"name": "李老师", "id_number": world.id_number(date(1980, 1, 1))}


@pytest.fixture
async def schools(world):
    return await world.qualified(), await world.qualified("310104")


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


def as_trainee(world, teacher):
    return world.trainee(**teacher)


async def enrol(world, school, filed, person):
    path = f"/classes/{filed['id']}/enrolments"
    return await world.post(path, person, by=world.of_institution(school))


async def taught_by(world, school, teacher, **own):
    """The class that the teacher is to give, ready to be filed."""
    return await world.teachable(school, world.class_body(school, instructors=[teacher], **own))


async def test_who_teaches_at_that_time_does_not_enrol_elsewhere(world, schools, teacher):
    one, other = schools
    await world.filed(one, instructors=[teacher])
    filed = await world.filed(other)
    answer = await enrol(world, other, filed, as_trainee(world, teacher))
    assert (answer.status_code, answer.json()["code"]) == (409, "trainee_clash")
    assert failed(answer)[0] == ("T06", "李* 2026-03-02 08:00")
    later = await world.filed(
        other, sessions=world.sessions(first=2), starts_on="2026-03-04", ends_on="2026-03-05"
    )
    assert (await enrol(world, other, later, as_trainee(world, teacher))).status_code == 201


async def test_who_sits_in_a_class_at_that_time_is_not_named_to_teach_another(world, schools, teacher):
    one, other = schools
    await world.enrolled(one, await world.filed(one, name="浦东第一期"), **as_trainee(world, teacher))
    body = await taught_by(world, other, teacher)
    answer = await world.post("/classes", body, by=world.of_institution(other))
    assert (answer.status_code, answer.json()["code"]) == (409, "class_clash")
    assert failed(answer) == [("T10", "李* 浦东第一期 2026-03-02 08:00")]
    days = {"starts_on": "2026-03-04", "ends_on": "2026-03-05"}
    later = await taught_by(world, other, teacher, sessions=world.sessions(first=2), **days)
    assert (await world.post("/classes", later, by=world.of_institution(other))).status_code == 201


async def test_who_sits_in_a_class_is_not_put_on_a_filed_one_in_place_of_another(world, schools, teacher):
    one, other = schools
    await world.enrolled(one, await world.filed(one), **as_trainee(world, teacher))
    filed = await world.filed(other)
    await taught_by(world, other, teacher)
    body = {"instructors": [teacher], "reason": "讲师生病"}
    path, by = f"/classes/{filed['id']}/amend", world.of_institution(other)
    answer = await world.post(path, body, by=by, version=filed["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "class_clash")


async def test_a_session_is_not_moved_to_where_its_teacher_sits_or_its_trainee_teaches(
    world, schools, teacher
):
    one, other = schools
    days = {"starts_on": "2026-03-02", "ends_on": "2026-03-05"}
    await world.enrolled(one, await world.filed(one, name="浦东第一期"), **as_trainee(world, teacher))
    later = await world.filed(other, instructors=[teacher], sessions=world.sessions(first=2), **days)
    path = f"/classes/{later['id']}/sessions/{later['sessions'][0]['id']}/amend"
    to_the_first_day = {"starts_at": world.at(0, 10).isoformat(), "ends_at": world.at(0, 14).isoformat()}
    answer = await world.post(
        path, to_the_first_day | {"reason": "调课"}, by=world.of_institution(other), version=1
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "class_clash")
    assert failed(answer) == [("T10", "李* 浦东第一期 2026-03-02 08:00")]


async def test_a_roster_tells_who_teaches_at_that_time(world, schools, teacher):
    one, other = schools
    await world.filed(one, instructors=[teacher])
    filed = await world.filed(other)
    await world.sent_roster(other, filed, world.roster_file([as_trainee(world, teacher)]))
    await world.worked()
    assert await world.count("SELECT count(*) FROM enrolments") == 0
    assert await world.count("SELECT state FROM roster_imports") == "refused"


async def test_of_a_class_to_teach_and_one_to_sit_in_at_once_a_person_gets_one(world, schools, teacher):
    one, other = schools
    filed, body = await world.filed(one), await taught_by(world, other, teacher)
    answers = await asyncio.gather(
        enrol(world, one, filed, as_trainee(world, teacher)),
        world.post("/classes", body, by=world.of_institution(other)),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_who_enrols_waits_for_a_class_that_is_being_filed_and_is_refused(world, schools, teacher):
    one, other = schools
    filed = await world.filed(one)
    body = NewClass.model_validate(await taught_by(world, other, teacher))
    async with world.service.database.transaction() as tx:
        await classes.file_class(tx, world.service, world.principal_of(other), body)
        enrolling = asyncio.create_task(enrol(world, one, filed, as_trainee(world, teacher)))
        await world.somebody_waits_for_a_lock()
    answer = await enrolling
    assert (answer.status_code, answer.json()["code"]) == (409, "trainee_clash")
    assert failed(answer)


async def test_a_class_waits_for_its_teacher_who_is_enrolling_and_is_refused(world, schools, teacher):
    one, other = schools
    filed, body = await world.filed(one), await taught_by(world, other, teacher)
    person = NewEnrolment.model_validate(as_trainee(world, teacher))
    async with world.service.database.transaction() as tx:
        await enrolments.enrol(tx, world.service, world.principal_of(one), filed["id"], person)
        filing = asyncio.create_task(world.post("/classes", body, by=world.of_institution(other)))
        await world.somebody_waits_for_a_lock()
    answer = await filing
    assert (answer.status_code, answer.json()["code"]) == (409, "class_clash")
    assert failed(answer)


async def test_the_database_itself_lets_nobody_teach_and_sit_at_once(world, schools, teacher):
    one, other = schools
    await world.filed(one, instructors=[teacher])
    enrolment = await world.enrolled(other, await world.filed(other))
    key = world.service.privacy.person_key(teacher["id_number"])
    with pytest.raises(asyncpg.ExclusionViolationError):
        await world.count(
            "UPDATE enrolment_hours SET person_key = $1 WHERE enrolment_id = $2::uuid", key, enrolment["id"]
        )
    sitting = await world.count("SELECT person_key FROM enrolment_hours")
    with pytest.raises(asyncpg.ExclusionViolationError):
        await world.count(
            "UPDATE session_instructors SET person_key = $1 WHERE person_key = $2", sitting, key
        )
