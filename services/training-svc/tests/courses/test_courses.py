"""Excellent courses (精品课程, T09): submitted, assessed, recognised with a grant, in the system, retired."""

import asyncio
from datetime import date

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.events.training import CourseRecognised, CourseRestored, CourseRetired
from chuangpei.testing.clock import FixedClock


def failing(answer):
    return [one["rule"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


def refused(answer):
    return answer.status_code, answer.json()["code"]


async def test_a_course_is_assessed_recognised_with_its_grant_and_others_are_told(world, courses):
    course = await courses.assessed(90, 81)
    recognised = (await courses.decide(course, "recognise", {"grant_fen": 8_000_000})).json()
    assert (recognised["state"], recognised["grant_fen"]) == ("recognised", 8_000_000)
    event = (await world.events())[-1]
    assert isinstance(event, CourseRecognised)
    assert (event.course_id.hex, event.grant_fen) == (course["id"].replace("-", ""), 8_000_000)
    assert (event.credit_code, event.project.stage) == (courses.institution["credit_code"], 3)
    assert event.recognised_on == world.clock.today()


async def test_a_course_joins_the_system_and_leaves_it_again(world, courses):
    course = await courses.in_system()
    assert (course["state"], course["admitted_on"]) == ("in_system", world.clock.today().isoformat())
    retired = (await courses.decide(course, "retire", {"reason": "内容已不适用"})).json()
    assert (retired["state"], retired["retirement_reason"]) == ("retired", "内容已不适用")
    assert retired["grant_fen"] == 8_000_000
    assert isinstance((await world.events())[-1], CourseRetired)


@pytest.mark.parametrize(
    ("grant_fen", "status"), [(0, 200), (10_000_000, 200), (10_000_001, 422), (2**53, 422)]
)
async def test_a_grant_is_at_most_one_hundred_thousand_yuan(courses, grant_fen, status):
    answer = await courses.decide(await courses.assessed(), "recognise", {"grant_fen": grant_fen})
    assert answer.status_code == status
    if status == 422:
        assert failing(answer) == ["T09"]
        (finding,) = [one for one in answer.json()["findings"] if one["outcome"] == "failed"]
        assert (finding["required"], finding["article"]) == ("≤ 100000.00", "沪人社规〔2025〕30号 二(四)")


async def test_all_that_stands_in_the_way_of_a_recognition_is_told_at_once(courses):
    answer = await courses.decide(await courses.assessed(59), "recognise", {"grant_fen": 10_000_001})
    assert refused(answer) == (422, "course_refused")
    assert failing(answer) == ["T09", "T09", "T09"]
    assert (await courses.now({"id": answer.json()["instance"].split("/")[-2]}))["state"] == "assessed"


async def test_a_course_that_was_assessed_badly_is_rejected_with_findings_and_may_come_again(world, courses):
    course = await courses.assessed(40, 50)
    answer = await courses.decide(course, "reject", {"findings": ["教学目标与学时不符", "案例不足"]})
    rejected = answer.json()
    assert (rejected["state"], rejected["findings"]) == ("rejected", ["教学目标与学时不符", "案例不足"])
    assert rejected["grant_fen"] is None
    assert (await courses.submitted())["state"] == "submitted"


@pytest.mark.parametrize("step", ["recognise", "reject"])
async def test_who_assessed_a_course_does_not_decide_it(courses, step):
    body = {"recognise": {"grant_fen": 1}, "reject": {"findings": ["案例不足"]}}[step]
    answer = await courses.decide(await courses.assessed(), step, body, by=courses.assessor(0))
    assert refused(answer) == (409, "four_eyes")


async def test_two_accounts_of_one_person_are_one_pair_of_eyes(world, courses):
    course = await courses.submitted()
    number = world.id_number()
    path, opinion = f"/courses/{course['id']}/assessments", {"score": 90, "opinion": "内容贴合产业"}
    first = courses.assessor(1, id_number=number)
    second = courses.assessor(2, id_number=number)
    await world.made(path, opinion, first)
    assert refused(await world.post(path, opinion, by=second)) == (409, "assessed_already")
    await world.made(path, opinion, courses.assessor(3))
    answer = await courses.decide(await courses.now(course), "recognise", {"grant_fen": 1}, by=second)
    assert refused(answer) == (409, "four_eyes")


async def test_the_database_itself_keeps_assessor_and_decider_apart(world, courses):
    await courses.assessed()
    with pytest.raises(asyncpg.CheckViolationError, match="does not decide"):
        await world.count(
            "UPDATE courses SET state = 'recognised', grant_fen = 1, decided_at = now(),"
            " decided_on = current_date, decided_by = 'assessor-0'"
        )


@pytest.mark.parametrize("grant", ["10000001", "-1", "NULL"])
async def test_the_database_itself_keeps_one_grant_within_the_cap(world, courses, grant):
    await courses.recognised()
    with pytest.raises(asyncpg.CheckViolationError):
        await world.count(f"UPDATE courses SET grant_fen = {grant}")  # noqa: S608 -- named above


async def test_a_developer_has_one_course_of_a_name_and_so_one_grant(courses):
    await courses.recognised()
    answer = await courses.world.post("/courses", courses.body(), by=courses.developer)
    assert refused(answer) == (409, "course_exists")
    assert (await courses.submitted(name="另一课程"))["state"] == "submitted"


async def test_one_course_submitted_eight_times_at_once_is_one(world, courses):
    answers = await asyncio.gather(
        *(world.post("/courses", courses.body(), by=courses.developer) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert await world.count("SELECT count(*) FROM courses") == 1


async def test_a_course_recognised_by_eight_at_once_has_one_grant(world, courses):
    course = await courses.assessed()
    deciders = [world.by(Role.CITY_CENTRE, subject=f"director-{number}") for number in range(8)]
    answers = await asyncio.gather(
        *(
            courses.decide(course, "recognise", {"grant_fen": 1_000_000 + number}, by=decider)
            for number, decider in enumerate(deciders)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]
    told = [event for event in await world.events() if isinstance(event, CourseRecognised)]
    assert [event.grant_fen for event in told] == [(await courses.now(course))["grant_fen"]]


async def test_an_assessment_and_a_decision_by_one_person_at_once_never_both_stand(world, courses):
    course = await courses.assessed()
    both = courses.assessor(9)
    opinion = {"score": 90, "opinion": "内容贴合产业"}
    await asyncio.gather(
        world.post(f"/courses/{course['id']}/assessments", opinion, by=both),
        courses.decide(course, "recognise", {"grant_fen": 1}, by=both),
    )
    stand = await world.count(
        "SELECT (SELECT count(*) FROM course_assessments WHERE assessed_by = 'assessor-9')"
        " + (SELECT count(*) FROM courses WHERE decided_by = 'assessor-9')"
    )
    assert stand == 1


async def test_what_is_taught_online_keeps_within_the_projects_standard(world, courses):
    assert (await courses.submitted(online_percent=50))["online_percent"] == 50
    answer = await world.post(
        "/courses", courses.body(name="全线上", online_percent=51), by=courses.developer
    )
    assert refused(answer) == (422, "course_refused")
    assert failing(answer) == ["T09"]


async def test_a_project_whose_standard_sets_no_limit_takes_any_share(world, courses):
    await world.project("EYB")
    assert (await courses.submitted(project_code="EYB", online_percent=100))["standard_version"] is None


async def test_outside_its_dates_the_document_takes_no_courses(world, courses):
    world.clock.set(FixedClock.on(date(2031, 1, 1)).now())
    answer = await world.post("/courses", courses.body(), by=courses.developer)
    assert failing(answer) == ["O06"]


@pytest.mark.parametrize(
    ("reach", "step", "body"),
    [
        ("submitted", "recognise", {"grant_fen": 1}),
        ("submitted", "reject", {"findings": ["案例不足"]}),
        ("submitted", "retire", {"reason": "内容过时"}),
        ("submitted", "amend", {"grant_fen": 1, "reason": "误录"}),
        ("assessed", "admit", None),
        ("recognised", "recognise", {"grant_fen": 1}),
        ("recognised", "reject", {"findings": ["案例不足"]}),
        ("in_system", "admit", None),
    ],
)
async def test_a_step_out_of_turn_is_refused(courses, reach, step, body):
    course = await getattr(courses, reach)()
    assert refused(await courses.decide(course, step, body)) == (409, "not_allowed_in_state")


async def test_a_decided_course_is_no_longer_assessed(world, courses):
    course = await courses.recognised()
    opinion = {"score": 90, "opinion": "内容贴合产业"}
    answer = await world.post(f"/courses/{course['id']}/assessments", opinion, by=courses.assessor(7))
    assert refused(answer) == (409, "not_allowed_in_state")


async def test_a_course_without_a_released_material_does_not_join_the_system(courses):
    course = await courses.recognised()
    await courses.drafted(course)
    answer = await courses.decide(course, "admit")
    assert refused(answer) == (422, "course_refused")
    assert failing(answer) == ["T09"]


async def test_an_amended_grant_keeps_its_history_and_its_cap(world, courses):
    course = await courses.recognised()
    path = f"/courses/{course['id']}/amend"
    above = {"grant_fen": 10_000_001, "reason": "追加资助"}
    assert failing(await world.post(path, above, by=courses.director, version=course["version"])) == ["T09"]
    right = {"grant_fen": 6_000_000, "reason": "登记有误"}
    amended = await world.made(path, right, courses.director, course["version"])
    assert (amended["grant_fen"], amended["version"]) == (6_000_000, course["version"] + 1)
    (kept,) = (await world.get(f"/courses/{course['id']}/amendments", courses.developer)).json()["items"]
    assert (kept["before"], kept["after"]) == ({"grant_fen": 8_000_000}, {"grant_fen": 6_000_000})
    assert (kept["reason"], kept["amended_by"]) == ("登记有误", "director")


async def test_an_amended_online_share_keeps_within_the_standard(courses):
    body = {"online_percent": 51, "reason": "调整比例"}
    assert failing(await courses.decide(await courses.recognised(), "amend", body)) == ["T09"]


async def test_a_mistaken_retirement_is_taken_back_to_where_the_course_stood(world, courses):
    for course, state in (
        (await courses.recognised(), "recognised"),
        (await courses.in_system(name="创业财务"), "in_system"),
    ):
        retired = (await courses.decide(course, "retire", {"reason": "内容已不适用"})).json()
        restored = (await courses.decide(retired, "amend", {"retired": False, "reason": "退出有误"})).json()
        assert (restored["state"], restored["retired_on"], restored["retirement_reason"]) == (
            state,
            None,
            None,
        )
        assert restored["version"] == retired["version"] + 1
        event = (await world.events())[-1]
        assert isinstance(event, CourseRestored)
        assert str(event.course_id) == course["id"]
        history = (await world.get(f"/courses/{course['id']}/amendments", courses.director)).json()["items"]
        assert (history[0]["before"]["state"], history[0]["after"]["state"]) == ("retired", state)


async def test_a_retirement_is_amended_in_its_day_and_reason(world, courses):
    course = await courses.recognised()
    retired = (await courses.decide(course, "retire", {"reason": "内容已不适用"})).json()
    told = len(await world.events())
    body = {"retirement_reason": "讲师离职", "reason": "登记有误"}
    amended = (await courses.decide(retired, "amend", body)).json()
    assert (amended["retirement_reason"], len(await world.events())) == ("讲师离职", told)
    world.clock.advance(days=2)
    later = {"retired_on": world.clock.today().isoformat(), "reason": "登记有误"}
    moved = (await courses.decide(amended, "amend", later)).json()
    assert moved["retired_on"] == later["retired_on"]
    assert (await world.events())[-1].retired_on == world.clock.today()
    beyond = await courses.decide(moved, "amend", {"retired_on": "2020-01-01", "reason": "登记有误"})
    assert beyond.json()["errors"][0]["pointer"] == "/retired_on"


@pytest.mark.parametrize(
    "body", [{"retired": False}, {"retired_on": "2026-03-01"}, {"retirement_reason": "过时"}]
)
async def test_a_course_that_is_not_retired_has_no_retirement_to_amend(courses, body):
    answer = await courses.decide(await courses.recognised(), "amend", body | {"reason": "登记有误"})
    assert refused(answer) == (409, "not_allowed_in_state")


async def test_an_amendment_that_changes_nothing_is_refused(courses):
    body = {"grant_fen": 8_000_000, "reason": "登记有误"}
    assert refused(await courses.decide(await courses.recognised(), "amend", body)) == (
        422,
        "nothing_amended",
    )


async def test_an_amended_name_does_not_become_another_courses(courses):
    await courses.submitted(name="甲课程")
    course = await courses.recognised(name="乙课程")
    answer = await courses.decide(course, "amend", {"name": "甲课程", "reason": "更名"})
    assert refused(answer) == (409, "course_exists")


async def test_who_assessed_a_course_does_not_amend_its_grant(courses):
    body = {"grant_fen": 9_000_000, "reason": "追加资助"}
    answer = await courses.decide(await courses.recognised(), "amend", body, by=courses.assessor(1))
    assert refused(answer) == (409, "four_eyes")


async def test_an_assessor_corrects_the_own_score_until_the_decision(world, courses):
    course = await courses.assessed(90, 8)
    path = f"/courses/{course['id']}/assessments"
    listed = (await world.get(f"{path}?sort=score", courses.director)).json()["items"]
    assert [one["score"] for one in listed] == [8, 90]
    mistyped = f"{path}/{listed[0]['id']}"
    body = {"score": 80, "reason": "误录"}
    answer = await world.post(f"{mistyped}/amend", body, by=courses.assessor(0), version=1)
    assert refused(answer) == (403, "not_your_assessment")
    amended = await world.made(f"{mistyped}/amend", body, courses.assessor(1), 1)
    assert (amended["score"], amended["version"]) == (80, 2)
    (kept,) = (await world.get(f"{mistyped}/amendments", courses.director)).json()["items"]
    assert (kept["before"], kept["after"]) == ({"score": 8}, {"score": 80})
    await courses.decide(course, "recognise", {"grant_fen": 1})
    late = await world.post(f"{mistyped}/amend", body, by=courses.assessor(1), version=2)
    assert refused(late) == (409, "not_allowed_in_state")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"hours": 0}, "/hours"),
        ({"online_percent": 101}, "/online_percent"),
        ({"online_percent": -1}, "/online_percent"),
        ({"name": " "}, "/name"),
        ({"project_code": "XYZ"}, "/project_code"),
        ({"grant_fen": 1}, "/grant_fen"),
    ],
)
async def test_what_is_wrong_with_a_course_is_named(world, courses, change, pointer):
    answer = await world.post("/courses", courses.body(**change), by=courses.developer)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("grant_fen", [1.5, "many", -1, 10**20])
async def test_money_is_whole_fen(courses, grant_fen):
    answer = await courses.decide(await courses.assessed(), "recognise", {"grant_fen": grant_fen})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/grant_fen"]


async def test_a_decision_names_the_version_it_was_read_at(world, courses):
    course = await courses.assessed()
    path = f"/courses/{course['id']}/recognise"
    assert refused(await world.post(path, {"grant_fen": 1}, by=courses.director)) == (
        428,
        "precondition_required",
    )
    stale = await world.post(path, {"grant_fen": 1}, by=courses.director, version=1)
    assert refused(stale) == (412, "precondition_failed")
