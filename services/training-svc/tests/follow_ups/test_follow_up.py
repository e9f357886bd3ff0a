"""What becomes of a trainee who completed: opened, still trading, closed, started again (T11, S12, O14)."""

import asyncio

import asyncpg
import pytest
from chuangpei.auth import Principal, Role
from chuangpei.events.training import FollowUpDue, FollowUpRecorded
from training_svc.follow_ups import use_cases
from training_svc.follow_ups.schemas import Closing


async def due(trainee, **query):
    """The months and days of the checks in the queue."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await trainee.world.get(f"/follow-ups/due?{asked}", trainee.by)
    assert answer.status_code == 200, answer.text
    return [(one["kind"], one["months"], one["due_on"]) for one in answer.json()["items"]]


async def test_who_completes_is_followed_up_and_asked_after_half_a_year(trainee):
    seen = await trainee.now()
    assert (seen["state"], seen["completed_on"], seen["name"]) == ("not_opened", "2026-03-03", "张*")
    assert [(one["kind"], one["due_on"]) for one in seen["checks"]] == [("opening", "2026-09-03")]
    assert await due(trainee) == []
    trainee.on("2026-09-03")
    assert await due(trainee) == [("opening", 6, "2026-09-03")]


async def test_a_business_is_checked_6_12_and_24_months_after_it_opened(trainee):
    trainee.on("2026-08-31")
    seen = await trainee.opened("2026-08-31")
    assert seen["state"] == "trading"
    trading = [one["due_on"] for one in seen["checks"] if one["kind"] == "trading"]
    assert trading == ["2027-02-28", "2027-08-31", "2028-08-31"]
    assert (await trainee.check("opening", 6))["passed"] is True


async def test_a_business_that_was_there_before_is_followed_from_the_completion(trainee):
    seen = await trainee.opened("2024-01-01")
    assert [one["due_on"] for one in seen["checks"]] == [
        "2026-09-03",
        "2026-09-03",
        "2027-03-03",
        "2028-03-03",
    ]


async def test_a_check_tells_the_jobs_of_a_business_that_still_trades(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    trainee.on("2026-12-01")
    check = await trainee.check("trading", 6)
    answer = await trainee.does(f"checks/{check['id']}/record", {"jobs": 5, "note": "电话回访"})
    assert answer.status_code == 200, answer.text
    found = await trainee.check("trading", 6)
    assert (found["passed"], found["jobs"], found["checked_on"]) == (True, 5, "2026-12-01")
    assert answer.json()["businesses"][0]["jobs"] == 5
    assert await due(trainee) == []
    again = await trainee.does(f"checks/{check['id']}/record", {"jobs": 6})
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


@pytest.mark.parametrize(("day", "status"), [("2026-11-15", 422), ("2026-11-16", 200)])
async def test_a_check_is_not_recorded_long_before_it_is_due(trainee, day, status):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    check = await trainee.check("trading", 6)
    trainee.on(day)
    answer = await trainee.does(f"checks/{check['id']}/record", {"jobs": 1})
    assert answer.status_code == status, answer.text


async def test_a_trading_business_tells_its_jobs_and_an_opening_check_none(trainee):
    trainee.on("2026-09-03")
    opening = await trainee.check("opening", 6)
    refused = await trainee.does(f"checks/{opening['id']}/record", {"jobs": 1})
    assert (refused.status_code, refused.json()["code"]) == (422, "follow_up_refused")
    answer = await trainee.does(f"checks/{opening['id']}/record", {"note": "仍在筹备"})
    assert answer.status_code == 200, answer.text
    assert (await trainee.check("opening", 6))["passed"] is False
    await trainee.opened("2026-09-03")
    trainee.on("2027-03-03")
    trading = await trainee.check("trading", 6)
    refused = await trainee.does(f"checks/{trading['id']}/record", {})
    assert [one["outcome"] for one in refused.json()["findings"]] == ["passed", "failed"]


async def test_a_business_that_closes_answers_its_open_checks_and_may_be_helped(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    trainee.on("2026-10-01")
    seen = await trainee.closed("2026-09-30", wants_help=True)
    assert (seen["state"], seen["help_wanted"]) == ("closed", True)
    assert [one["passed"] for one in seen["checks"] if one["kind"] == "trading"] == [False] * 3
    assert seen["businesses"][0]["jobs"] == 0
    listed = (await trainee.world.get("/follow-ups?help_wanted=true", trainee.world.officer())).json()
    assert [one["id"] for one in listed["items"]] == [trainee.id]

    service = {"kind": "restart", "provided_on": "2026-10-01", "provided_by": "区就业促进中心"}
    await trainee.world.made(f"/follow-ups/{trainee.id}/services", service, trainee.world.officer())
    seen = await trainee.now()
    assert (seen["help_wanted"], [one["kind"] for one in seen["services"]]) == (False, ["restart"])


async def test_who_starts_again_is_followed_anew(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    trainee.on("2026-10-01")
    await trainee.closed("2026-09-30")
    early = await trainee.does(
        "open-business", {"name": "二次", "credit_code": "91310115MA1K35X104", "opened_on": "2026-09-29"}
    )
    assert early.status_code == 422
    seen = await trainee.opened("2026-10-01", name="二次创业")
    assert (seen["state"], [one["number"] for one in seen["businesses"]]) == ("trading", [1, 2])
    open_checks = [one["due_on"] for one in seen["checks"] if one["passed"] is None]
    assert open_checks == ["2027-04-01", "2027-10-01", "2028-10-01"]
    change = {"reason": "登记有误", "business": {"opened_on": "2026-09-29"}}
    answer = await trainee.does("amend", change)
    assert (answer.status_code, answer.json()["code"]) == (422, "follow_up_refused")
    failed = [one["fact"] for one in answer.json()["findings"] if one["outcome"] == "failed"]
    assert failed == ["2026-09-29"]


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("open-business", {"name": "甲", "credit_code": "91310115MA1K35X104", "opened_on": "2026-03-04"}),
        ("close-business", {"closed_on": "2026-03-03", "reason": "未开业"}),
    ],
)
async def test_nothing_opens_in_the_future_or_closes_before_it_opened(trainee, what, body):
    answer = await trainee.does(what, body)
    assert answer.status_code in (409, 422), answer.text
    assert (await trainee.now())["businesses"] == []


async def test_one_business_trades_at_a_time(trainee):
    await trainee.opened("2026-03-03")
    body = {"name": "乙", "credit_code": "91310115MA1K35X104", "opened_on": "2026-03-03"}
    answer = await trainee.does("open-business", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_code_of_the_early_days_is_kept_and_marked(trainee):
    seen = await trainee.opened("2026-03-03", credit_code="91310115MA1K35X109")
    assert [(one["credit_code"], one["code_valid"]) for one in seen["businesses"]] == [
        ("91310115MA1K35X109", False)
    ]


@pytest.mark.parametrize("code", ["123", "", "91310115MA1K35X1０x9", "91310115-MA1K35X10"])
async def test_what_is_no_credit_code_at_all_is_refused(trainee, code):
    body = {"name": "甲", "credit_code": code, "opened_on": "2026-03-03"}
    answer = await trainee.does("open-business", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/credit_code"


async def test_a_service_is_not_received_in_the_future(trainee):
    body = {"kind": "advice", "provided_on": "2026-03-04", "provided_by": "导师甲"}
    answer = await trainee.world.post(f"/follow-ups/{trainee.id}/services", body, by=trainee.by)
    assert answer.json()["errors"][0]["pointer"] == "/provided_on"


async def test_of_two_who_record_at_once_one_is_told_to_read_again(trainee):
    await trainee.opened("2026-03-03")
    version = (await trainee.now())["version"]
    principal = Principal("one", Role.INSTITUTION, credit_code=trainee.institution["credit_code"])
    body = Closing(closed_on="2026-03-03", reason="经营困难")

    async def close():
        async with trainee.world.service.database.transaction() as tx:
            return await use_cases.close_business(
                tx, trainee.world.service, principal, trainee.id, version, body
            )

    answers = await asyncio.gather(close(), close())
    assert sorted("" if one is None else one.problem.code for one in answers) == ["", "precondition_failed"]


async def test_the_database_holds_one_trading_business_for_each_trainee(trainee):
    await trainee.opened("2026-03-03")
    with pytest.raises(asyncpg.UniqueViolationError):
        await trainee.world.count(
            "INSERT INTO follow_up_businesses (id, follow_up_id, number, name, credit_code,"
            " code_valid, opened_on, jobs)"
            " SELECT gen_random_uuid(), follow_up_id, 2, name, credit_code, true, opened_on, 0"
            " FROM follow_up_businesses"
        )


async def test_a_completion_is_followed_up_once(trainee):
    with pytest.raises(asyncpg.UniqueViolationError):
        await trainee.world.count(
            "INSERT INTO follow_ups SELECT gen_random_uuid(), enrolment_id, class_id, institution_id,"
            " district, completed_on, began_at, state, help_wanted, version FROM follow_ups"
        )


async def amend_completion(trainee, completed):
    seen = (await trainee.world.get(f"/enrolments/{trainee.enrolment['id']}", trainee.by)).json()
    body = {"completed": completed, "reason": "考勤复核"}
    path = f"/enrolments/{trainee.enrolment['id']}/amend-completion"
    return await trainee.world.made(path, body, trainee.world.officer(), seen["version"])


async def test_whose_completion_is_revoked_is_followed_up_no_more_until_it_is_restored(trainee):
    trainee.on("2026-09-03")
    await amend_completion(trainee, False)
    assert (await trainee.world.get(f"/follow-ups/{trainee.id}", trainee.by)).status_code == 404
    assert (await due(trainee), await remind(trainee.world)) == ([], 0)
    await amend_completion(trainee, True)
    assert await due(trainee) == [("opening", 6, "2026-09-03")]
    assert await remind(trainee.world) == 1


async def test_a_whole_class_that_completes_is_followed_up(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    for _ in range(2):
        world.clock.set(world.at(-10, 9))
        await world.attended(institution, filed, await world.enrolled(institution, filed), 4)
    await world.made(f"/classes/{filed['id']}/complete", None, world.of_institution(institution))
    for class_id, found in ((filed["id"], 2), (institution["id"], 0)):
        listed = (await world.get(f"/follow-ups?class_id={class_id}", world.officer())).json()["items"]
        assert [one["class_id"] for one in listed] == [class_id] * found


async def test_whoever_listens_is_told_how_the_business_stands(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    check = await trainee.check("trading", 6)
    trainee.on("2026-12-01")
    await trainee.does(f"checks/{check['id']}/record", {"jobs": 6})
    trainee.on("2026-12-02")
    body = {"check": {"id": check["id"], "jobs": 4}, "reason": "误填"}
    assert (await trainee.does("amend", body)).status_code == 200
    await trainee.closed("2026-12-02")
    told = [one for one in await trainee.world.events() if isinstance(one, FollowUpRecorded)]
    assert [one.jobs for one in told] == [2, 6, 4, 0]
    assert {one.institution.credit_code for one in told} == {trainee.institution["credit_code"]}
    assert {str(one.enrolment_id) for one in told} == {trainee.enrolment["id"]}
    assert [str(one.closed_on) for one in told] == ["None", "None", "None", "2026-12-02"]


async def remind(world):
    async with world.service.database.transaction() as tx:
        return await use_cases.remind(tx, world.service)


async def reminders(world):
    return [one for one in await world.events() if isinstance(one, FollowUpDue)]


async def test_each_check_that_becomes_due_is_told_once(trainee):
    world = trainee.world
    trainee.on("2026-09-02")
    assert await remind(world) == 0
    trainee.on("2026-09-03")
    assert sorted(await asyncio.gather(remind(world), remind(world))) == [0, 1]
    assert await remind(world) == 0
    (event,) = await reminders(world)
    assert (str(event.follow_up_id), event.kind, event.months) == (trainee.id, "opening", 6)
    assert (event.institution.district, event.due_on.isoformat()) == ("310115", "2026-09-03")


async def test_nobody_is_reminded_of_what_has_been_answered(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    trainee.on("2028-06-01")
    await trainee.closed("2026-06-30")
    assert await remind(trainee.world) == 0


async def test_a_mistake_is_amended_with_its_reason_and_the_open_checks_move(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    body = {"reason": "开业日期登记有误", "business": {"opened_on": "2026-05-01"}}
    answer = await trainee.does("amend", body)
    assert answer.status_code == 200, answer.text
    trading = [one["due_on"] for one in answer.json()["checks"] if one["kind"] == "trading"]
    assert trading == ["2026-11-01", "2027-05-01", "2028-05-01"]
    (entry,) = (await trainee.world.get(f"/follow-ups/{trainee.id}/amendments", trainee.by)).json()["items"]
    assert (entry["reason"], entry["before"]["business.opened_on"]) == ("开业日期登记有误", "2026-06-01")
    assert entry["after"]["business.opened_on"] == "2026-05-01"
    same = await trainee.does("amend", body)
    assert (same.status_code, same.json()["code"]) == (422, "nothing_amended")


async def test_the_jobs_of_the_last_check_are_those_of_the_business(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    trainee.on("2027-06-01")
    for months in (6, 12):
        check = await trainee.check("trading", months)
        await trainee.does(f"checks/{check['id']}/record", {"jobs": months})
    earlier, last = [await trainee.check("trading", months) for months in (6, 12)]
    for check, jobs, shown in ((earlier, 1, 12), (last, 9, 9)):
        body = {"reason": "人数登记有误", "check": {"id": check["id"], "jobs": jobs}}
        answer = await trainee.does("amend", body)
        assert answer.json()["businesses"][0]["jobs"] == shown


async def test_a_mistaken_closing_is_taken_back_and_its_checks_are_open_again(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    trainee.on("2026-12-01")
    check = await trainee.check("trading", 6)
    await trainee.does(f"checks/{check['id']}/record", {"jobs": 6})
    closed = await trainee.closed("2026-11-30", wants_help=True)
    assert [one["passed"] for one in closed["checks"] if one["kind"] == "trading"] == [True, False, False]
    answer = await trainee.does("amend", {"reason": "停业登记有误", "still_trading": {"jobs": 7}})
    assert answer.status_code == 200, answer.text
    now = answer.json()
    (business,) = now["businesses"]
    assert (now["state"], now["help_wanted"], business["closed_on"], business["jobs"]) == (
        "trading",
        False,
        None,
        7,
    )
    assert [one["passed"] for one in now["checks"] if one["kind"] == "trading"] == [True, None, None]
    (entry,) = (await trainee.world.get(f"/follow-ups/{trainee.id}/amendments", trainee.by)).json()["items"]
    assert (entry["before"]["state"], entry["before"]["business.closing_reason"]) == ("closed", "经营困难")
    again = await trainee.does("amend", {"reason": "停业登记有误", "still_trading": {"jobs": 7}})
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")
    trainee.on("2027-06-01")
    assert await remind(trainee.world) == 1


async def test_why_a_business_closed_is_amended(trainee):
    trainee.on("2026-06-01")
    await trainee.opened("2026-06-01")
    body = {"reason": "登记有误", "business": {"closing_reason": "转让"}}
    early = await trainee.does("amend", body)
    assert early.json()["errors"][0]["pointer"] == "/business/closing_reason"
    await trainee.closed("2026-06-01")
    answer = await trainee.does("amend", body)
    assert answer.json()["businesses"][0]["closing_reason"] == "转让"


async def test_a_service_is_amended_too(trainee):
    body = {"kind": "advice", "provided_on": "2026-03-03", "provided_by": "导师甲"}
    added = await trainee.world.made(f"/follow-ups/{trainee.id}/services", body, trainee.by)
    change = {"reason": "服务人登记有误", "service": {"id": added["id"], "provided_by": "导师乙"}}
    answer = await trainee.does("amend", change)
    assert answer.json()["services"][0]["provided_by"] == "导师乙"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"business": {"name": "甲"}}, "/business"),
        ({"check": {"id": "00000000-0000-0000-0000-000000000001", "jobs": 1}}, "/check/id"),
        ({"service": {"id": "00000000-0000-0000-0000-000000000001"}}, "/service/id"),
    ],
)
async def test_what_is_not_there_cannot_be_amended(trainee, change, pointer):
    answer = await trainee.does("amend", {"reason": "登记有误"} | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_business_that_trades_is_not_closed_by_an_amendment(trainee):
    await trainee.opened("2026-03-03")
    answer = await trainee.does("amend", {"reason": "登记有误", "business": {"closed_on": "2026-03-03"}})
    assert answer.json()["errors"][0]["pointer"] == "/business/closed_on"


async def test_the_person_reads_their_own_and_nobody_elses(trainee):
    await trainee.opened("2026-03-03")
    world, own = trainee.world, trainee.trainee["id_number"]
    mine = (await world.get("/my/follow-up", world.by(Role.CITIZEN, id_number=own))).json()["items"]
    assert [(one["id"], one["state"], len(one["businesses"])) for one in mine] == [(trainee.id, "trading", 1)]
    other = await world.get("/my/follow-up", world.by(Role.CITIZEN, id_number=world.id_number()))
    assert other.json()["items"] == []


async def test_the_institution_and_its_district_write_and_others_do_not_see(trainee):
    world = trainee.world
    body = {"kind": "advice", "provided_on": "2026-03-03", "provided_by": "导师甲"}
    path = f"/follow-ups/{trainee.id}/services"
    stranger = world.of_institution(await world.institution())
    for by, status in (
        (trainee.by, 201),
        (world.officer(), 201),
        (world.officer("310104"), 404),
        (stranger, 404),
        (world.centre, 403),
    ):
        assert (await world.post(path, body, by=by)).status_code == status
    for by, status in ((world.centre, 200), (world.officer("310104"), 404), (stranger, 404)):
        assert (await world.get(f"/follow-ups/{trainee.id}", by)).status_code == status
        assert (await world.get(f"/follow-ups/{trainee.id}/amendments", by)).status_code == status
