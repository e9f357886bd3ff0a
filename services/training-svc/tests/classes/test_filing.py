"""Filing a class: by a qualified institution, by the standard, under its district (T02–T07, T10, S07)."""

import asyncio
from datetime import date

import pytest

PUDONG, XUHUI = "310115", "310104"


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


async def file(world, institution, **own):
    body = await world.teachable(institution, world.class_body(institution, **own))
    return await world.post("/classes", body, by=world.of_institution(institution))


async def test_a_class_freezes_the_district_and_the_standard(world):
    institution = await world.qualified(XUHUI)
    filed = await world.filed(institution)
    assert (filed["district"], filed["standard_version"], filed["enrolled"]) == (XUHUI, "2026-1", 0)
    seen = (await world.get(f"/classes/{filed['id']}", world.officer(XUHUI))).json()
    assert seen == filed
    assert len({session["id"] for session in seen["sessions"]}) == 4


async def test_an_institution_without_the_qualification_files_no_stage_3_class(world):
    await world.qualified()
    other = await world.institution()
    answer = await file(world, other)
    assert (answer.status_code, answer.json()["code"]) == (422, "class_refused")
    assert failed(answer) == [("T03", "not qualified"), ("T05", "—")]


@pytest.mark.parametrize("decision", ["submitted", "rejected"])
async def test_an_application_that_is_not_approved_is_no_qualification(world, decision):
    await world.project()
    await world.standard()
    institution = await world.institution()
    submitted = await world.submitted(institution)
    if decision == "rejected":
        path = f"/qualifications/{submitted['id']}/reject"
        await world.made(path, {"reason": "不符合标准"}, world.officer(), 1)
    assert ("T03", "not qualified") in failed(await file(world, institution))


async def test_a_qualification_for_one_project_is_none_for_another(world):
    institution = await world.qualified()
    await world.project("EYB")
    await world.standard("EYB")
    assert ("T03", "not qualified") in failed(await file(world, institution, project_code="EYB"))


async def test_the_class_keeps_the_newest_standard_its_institution_is_approved_by(world):
    institution = await world.qualified()
    await world.standard(version="2026-2", effective_from="2026-02-20", min_hours=17)
    assert (await world.filed(institution))["standard_version"] == "2026-1"
    submitted = await world.submitted(institution, "IYB", "2026-2", declared=world.figures(hours=17))
    await world.approved(submitted, hours=17)
    answer = await file(world, institution, sessions=world.sessions(room="302"))
    assert failed(answer) == [("T05", "960")]


async def test_a_district_centre_files_stage_1_without_a_qualification(world):
    await world.project("GYB", stage=1)
    await world.standard("GYB")
    centre = await world.institution(kind="district_centre")
    assert (await world.filed(centre, project_code="GYB"))["stage"] == 1
    school = await world.institution()
    answer = await file(world, school, project_code="GYB")
    assert failed(answer) == [("T02", "private_training_institution")]


async def test_every_reason_is_told_at_once(world):
    institution = await world.qualified()
    sessions = [
        {"starts_at": world.at(0, 9).isoformat(), "ends_at": world.at(0, 11).isoformat(), "room": "301"},
        {"starts_at": world.at(0, 10).isoformat(), "ends_at": world.at(0, 12).isoformat(), "room": "302"},
        {"starts_at": world.at(5, 9).isoformat(), "ends_at": world.at(5, 10).isoformat(), "room": "301"},
    ]
    answer = await file(world, institution, capacity=31, sessions=sessions)
    assert failed(answer) == [
        ("T05", "300"),
        ("T05", "31"),
        ("T06", "2026-03-07 09:00"),
        ("T06", "2026-03-02 10:00"),
    ]


async def test_a_room_holds_one_session_at_a_time(world):
    institution = await world.qualified()
    await world.filed(institution)
    answer = await file(world, institution)
    assert (answer.status_code, answer.json()["code"]) == (409, "class_clash")
    assert ("T06", "301 2026-03-02 08:00") in failed(answer)
    assert (await file(world, institution, sessions=world.sessions(room="302"))).status_code == 201


async def test_another_institution_has_its_own_room_301(world):
    await world.filed(await world.qualified())
    assert (await file(world, await world.qualified())).status_code == 201


async def test_an_instructor_teaches_one_session_at_a_time_even_at_another_institution(world):
    teacher = {"name": "王老师", "id_number": world.id_number(date(1975, 5, 5))}
    await world.filed(await world.qualified(), instructors=[teacher])
    other = await world.qualified(XUHUI)
    answer = await file(world, other, instructors=[teacher])
    assert (answer.status_code, answer.json()["code"]) == (409, "class_clash")
    assert failed(answer)[0] == ("T10", "王* 2026-03-02 08:00")
    assert teacher["id_number"] not in answer.text


async def test_sessions_may_follow_each_other_in_a_room_at_once(world):
    institution = await world.qualified()
    await world.filed(institution)
    between = [
        {
            "starts_at": world.at(day, begin).isoformat(),
            "ends_at": world.at(day, end).isoformat(),
            "room": "301",
        }
        for day, begin, end in [(0, 12, 13), (0, 17, 23), (1, 0, 8), (1, 12, 13)]
    ]
    answer = await file(world, institution, sessions=between)
    assert answer.status_code == 201, answer.text


async def test_of_ten_classes_filed_at_once_for_one_room_one_is_filed(world):
    institution = await world.qualified()
    answers = await asyncio.gather(*(file(world, institution) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    assert await world.count("SELECT count(*) FROM sessions") == 4
    clashes = [answer for answer in answers if answer.status_code == 409]
    assert all(("T06", "301 2026-03-02 08:00") in failed(answer) for answer in clashes)


async def test_of_ten_classes_filed_at_once_for_one_instructor_one_is_filed(world):
    institution = await world.qualified()
    teacher = [{"name": "王老师", "id_number": world.id_number(date(1975, 5, 5))}]
    await world.teachable(institution, world.class_body(institution, instructors=teacher))
    answers = await asyncio.gather(
        *(
            file(world, institution, instructors=teacher, sessions=world.sessions(room=f"3{number:02}"))
            for number in range(10)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    assert await world.count("SELECT count(*) FROM session_instructors") == 4


async def test_an_instructor_is_named_once_and_is_born(world):
    institution = await world.qualified()
    twice = {"name": "王老师", "id_number": world.id_number(date(1975, 5, 5))}
    unborn = {"name": "未来", "id_number": world.id_number(date(2026, 2, 21))}
    body = world.class_body(institution, instructors=[twice, twice, unborn])
    answer = await world.post("/classes", body, by=world.of_institution(institution))
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/instructors/1/id_number", "named_twice"),
        ("/instructors/2/id_number", "not_born"),
    ]


async def test_instructors_show_masked_only_and_rest_encrypted(world):
    institution = await world.qualified()
    teacher = {"name": "欧阳老师", "id_number": world.id_number(date(1975, 5, 5))}
    filed = await world.filed(institution, instructors=[teacher])
    (shown,) = filed["instructors"]
    assert shown["name"] == "欧阳*"
    assert shown["id_number"] == "310" + "*" * 13 + teacher["id_number"][-2:]
    stored = await world.count("SELECT class_instructors::text FROM class_instructors")
    assert teacher["id_number"] not in stored
    assert teacher["name"] not in stored


async def test_an_institution_files_no_class_of_another(world):
    institution = await world.qualified()
    other = await world.institution()
    answer = await world.post("/classes", world.class_body(institution), by=world.of_institution(other))
    assert answer.status_code == 404


async def test_an_unknown_project_is_named(world):
    institution = await world.qualified()
    body = world.class_body(institution, project_code="XYZ")
    answer = await world.post("/classes", body, by=world.of_institution(institution))
    assert [one["code"] for one in answer.json()["errors"]] == ["unknown_project"]


async def test_a_class_before_the_law_is_refused(world):
    institution = await world.qualified()
    answer = await file(world, institution, starts_on="2025-12-31")
    assert failed(answer) == [
        ("O06", "2025-12-31"),
        ("T06", "2026-02-20"),
        ("T03", "not qualified"),
        ("T05", "—"),
    ]


async def test_a_class_is_filed_until_the_end_of_its_first_day_in_shanghai_and_not_afterwards(world):
    institution = await world.qualified()
    world.clock.set(world.at(1, 0))
    late = await file(world, institution)
    assert (late.status_code, failed(late)) == (422, [("T06", "2026-03-03")])
    world.clock.set(world.at(0, 23, 59))
    assert (await file(world, institution)).status_code == 201


async def test_a_class_filed_while_its_institution_moves_keeps_the_district_it_moved_to(world):
    """S07: what is frozen on a class is what stood when it was filed."""
    institution = await world.qualified()
    body = await world.teachable(institution, world.class_body(institution))
    async with world.service.database.transaction() as tx:
        await tx.connection.execute(
            "UPDATE institutions SET district = $2 WHERE id = $1", institution["id"], XUHUI
        )
        filing = asyncio.create_task(world.post("/classes", body, by=world.of_institution(institution)))
        await world.somebody_waits_for_a_lock()
    assert (await filing).json()["district"] == XUHUI
