"""An inspection's life: visited, found, rectified, verified, closed, by whom (C05, O03)."""

import asyncio

import pytest
from chuangpei.auth import Principal, Role
from chuangpei.events.training import InspectionOverdue
from training_svc.inspections import use_cases


async def test_an_inspection_is_visited_found_rectified_verified_and_closed(
    world, supervision, institution, inspection
):
    by = world.of_institution(institution)
    seen = await supervision.found(inspection, "general", "minor")
    assert (seen["state"], seen["inspectors"]) == ("found", ["李*", "王*"])
    seen = await supervision.done(inspection, "ask", {"deadline": "2026-03-20"})
    assert (seen["state"], seen["deadline"], seen["overdue"]) == ("rectifying", "2026-03-20", False)
    answers = [{"number": number, "text": f"已整改{number}"} for number in (1, 2)]
    seen = await supervision.done(inspection, "answer", {"answers": answers}, by)
    assert [one["answer"] for one in seen["findings"]] == ["已整改1", "已整改2"]
    assert (await supervision.done(inspection, "verify"))["state"] == "verified"
    seen = await supervision.done(inspection, "close", {"remark": "整改到位"})
    assert (seen["state"], seen["closed_on"], seen["remark"]) == ("closed", "2026-02-20", "整改到位")


async def test_where_nothing_or_only_little_was_found_it_is_closed_at_once(supervision, inspection):
    await supervision.found(inspection, "minor")
    assert (await supervision.done(inspection, "close"))["state"] == "closed"


async def test_where_nothing_was_found_nothing_is_asked(supervision, inspection):
    await supervision.found(inspection)
    asked = await supervision.step(inspection, "ask", {"deadline": "2026-03-20"})
    assert (asked.status_code, asked.json()["code"]) == (409, "not_allowed_in_state")


async def test_what_is_more_than_minor_is_rectified_first(supervision, inspection):
    await supervision.found(inspection, "general")
    refused = await supervision.step(inspection, "close")
    assert (refused.status_code, refused.json()["code"]) == (422, "inspection_refused")
    assert [(one["rule"], one["outcome"]) for one in refused.json()["findings"]] == [("O03", "failed")]


async def rectified(world, supervision, institution, inspection, severity, verifier=None):
    await supervision.found(inspection, severity)
    await supervision.done(inspection, "ask", {"deadline": "2026-03-20"})
    body = {"answers": [{"number": 1, "text": "已整改"}]}
    await supervision.done(inspection, "answer", body, world.of_institution(institution))
    await supervision.done(inspection, "verify", by=verifier)


@pytest.mark.parametrize(("severity", "status"), [("general", 200), ("serious", 422)])
async def test_a_serious_finding_is_closed_by_another_person(
    world, supervision, institution, inspection, severity, status
):
    await rectified(world, supervision, institution, inspection, severity)
    answer = await supervision.step(inspection, "close")
    assert answer.status_code == status, answer.text
    if status == 422:
        failed = [one["rule"] for one in answer.json()["findings"] if one["outcome"] == "failed"]
        assert failed == ["C05"]
        assert (await supervision.done(inspection, "close", by=supervision.other))["state"] == "closed"


async def test_who_verified_a_serious_finding_does_not_close_it_either(
    world, supervision, institution, inspection
):
    await rectified(world, supervision, institution, inspection, "serious", supervision.other)
    assert (await supervision.step(inspection, "close", by=supervision.other)).status_code == 422
    third = world.officer(subject="officer-3")
    assert (await supervision.done(inspection, "close", by=third))["state"] == "closed"


async def test_nobody_inspects_alone(world, supervision, inspection):
    alone = supervision.visit({"name": "王检查", "id_number": world.id_number()})
    answer = await supervision.step(inspection, "visit", alone)
    assert [one["outcome"] for one in answer.json()["findings"]] == ["failed", "passed", "passed"]


async def test_a_visit_is_recorded_once_it_was_made(supervision, inspection):
    answer = await supervision.step(inspection, "visit", supervision.visit(day="2026-02-21"))
    assert [one["outcome"] for one in answer.json()["findings"]] == ["passed", "passed", "failed"]


async def test_who_teaches_or_learns_there_does_not_inspect(world, supervision, institution, inspection):
    teacher = {"name": "李老师", "id_number": world.id_number()}
    filed = await world.filed(institution, instructors=[teacher])
    learner = world.trainee(name="赵学员")
    await world.enrolled(institution, filed, **learner)
    stranger = {"name": "王检查", "id_number": world.id_number()}
    for interested, shown in ((teacher, "李*"), (learner, "赵*")):
        person = {name: interested[name] for name in ("name", "id_number")}
        answer = await supervision.step(inspection, "visit", supervision.visit(person, stranger))
        assert answer.status_code == 422
        (failed,) = [one for one in answer.json()["findings"] if one["outcome"] == "failed"]
        assert (failed["rule"], failed["fact"]) == ("C05", shown)


async def test_an_officer_with_an_interest_records_no_visit(world, supervision, institution, inspection):
    teacher = {"name": "李老师", "id_number": world.id_number()}
    await world.filed(institution, instructors=[teacher])
    officer = world.officer(subject="officer-9", id_number=teacher["id_number"])
    assert (await supervision.step(inspection, "visit", supervision.visit(), officer)).status_code == 422
    assert (await supervision.step(inspection, "visit", supervision.visit())).status_code == 200


async def test_the_same_person_is_no_two_inspectors(world, supervision, inspection):
    person = {"name": "王检查", "id_number": world.id_number()}
    answer = await supervision.step(inspection, "visit", supervision.visit(person, person))
    assert answer.json()["errors"][0]["pointer"] == "/inspectors/1/id_number"


async def test_visits_are_not_announced_to_the_institution(world, supervision, institution, inspection):
    by = world.of_institution(institution)
    path = f"/inspections/{inspection['id']}"
    assert (await world.get(path, by)).status_code == 404
    await supervision.done(inspection, "visit", supervision.visit())
    assert (await world.get(path, by)).status_code == 404
    assert (await world.get("/inspections", by)).json()["items"] == []
    await supervision.done(inspection, "find", {"findings": []})
    assert (await world.get(path, by)).status_code == 200
    assert len((await world.get("/inspections", by)).json()["items"]) == 1


@pytest.mark.parametrize("numbers", [[1], [1, 2, 3], [1, 1]])
async def test_each_finding_is_answered(world, supervision, institution, inspection, numbers):
    await supervision.found(inspection, "general", "minor")
    await supervision.done(inspection, "ask", {"deadline": "2026-03-20"})
    body = {"answers": [{"number": number, "text": "已整改"} for number in numbers]}
    answer = await supervision.step(inspection, "answer", body, world.of_institution(institution))
    assert answer.json()["errors"][0]["pointer"] == "/answers"


async def test_a_rectification_that_does_not_do_is_sent_back(world, supervision, institution, inspection):
    by = world.of_institution(institution)
    await supervision.found(inspection, "general")
    await supervision.done(inspection, "ask", {"deadline": "2026-03-20"})
    await supervision.done(inspection, "answer", {"answers": [{"number": 1, "text": "已整改"}]}, by)
    past = await supervision.step(inspection, "return", {"deadline": "2026-02-20", "remark": "不完整"})
    assert past.json()["errors"][0]["pointer"] == "/deadline"
    seen = await supervision.done(inspection, "return", {"deadline": "2026-04-20", "remark": "不完整"})
    assert (seen["state"], seen["deadline"], seen["remark"]) == ("rectifying", "2026-04-20", "不完整")


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("find", {"findings": []}),
        ("ask", {"deadline": "2026-03-20"}),
        ("verify", None),
        ("return", {"deadline": "2026-03-20", "remark": "不完整"}),
        ("close", None),
        ("amend", {"reason": "有误", "findings": []}),
    ],
)
async def test_no_step_is_left_out(supervision, inspection, what, body):
    answer = await supervision.step(inspection, what, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_findings_and_deadline_are_amended_with_their_history(world, supervision, inspection):
    await supervision.found(inspection, "general")
    await supervision.done(inspection, "ask", {"deadline": "2026-03-20"})
    body = {
        "reason": "定性有误",
        "findings": [{"severity": "serious", "text": "问题general"}],
        "deadline": "2026-04-20",
    }
    seen = await supervision.done(inspection, "amend", body)
    assert (seen["findings"][0]["severity"], seen["deadline"]) == ("serious", "2026-04-20")
    (entry,) = (await world.get(f"/inspections/{inspection['id']}/amendments", world.centre)).json()["items"]
    assert entry["before"]["findings"][0]["severity"] == "general"
    assert (entry["before"]["deadline"], entry["after"]["deadline"]) == ("2026-03-20", "2026-04-20")
    same = await supervision.step(inspection, "amend", {"reason": "再次", "deadline": "2026-04-20"})
    assert (same.status_code, same.json()["code"]) == (422, "nothing_amended")


async def tell(world):
    async with world.service.database.transaction() as tx:
        return await use_cases.tell_overdue(tx, world.service)


async def test_a_deadline_that_passes_unanswered_is_overdue_and_told_once(world, supervision, inspection):
    await supervision.found(inspection, "general")
    await supervision.done(inspection, "ask", {"deadline": "2026-03-02"})
    world.clock.set(world.at(0, 23))
    assert await tell(world) == 0
    for overdue, count in (("true", 0), ("false", 1)):
        listed = await world.get(f"/inspections?overdue={overdue}", supervision.officer)
        assert len(listed.json()["items"]) == count
    world.clock.set(world.at(1, 0))
    listed = (await world.get("/inspections?overdue=true", supervision.officer)).json()["items"]
    assert [(one["id"], one["overdue"]) for one in listed] == [(inspection["id"], True)]
    assert sorted(await asyncio.gather(tell(world), tell(world))) == [0, 1]
    assert await tell(world) == 0
    (event,) = [one for one in await world.events() if isinstance(one, InspectionOverdue)]
    assert (str(event.inspection_id), event.deadline.isoformat()) == (inspection["id"], "2026-03-02")
    assert (event.authority, event.institution.district) == ("310115", "310115")

    await supervision.done(inspection, "amend", {"reason": "延期", "deadline": "2026-03-10"})
    assert await tell(world) == 0
    world.clock.set(world.at(9))
    assert await tell(world) == 1


async def test_of_two_who_close_at_once_one_is_told_to_read_again(world, supervision, inspection):
    seen = await supervision.found(inspection)
    principal = Principal("officer-1", Role.DISTRICT_OFFICER, district="310115")

    async def close():
        async with world.service.database.transaction() as tx:
            return await use_cases.step(
                tx,
                world.service,
                principal,
                inspection["id"],
                seen["version"],
                "close",
                lambda one: one.close("officer-1", world.clock.today(), None),
            )

    answers = await asyncio.gather(close(), close())
    assert sorted("" if one is None else one.problem.code for one in answers) == ["", "precondition_failed"]


async def test_another_district_and_another_institution_see_and_do_nothing(world, supervision, inspection):
    await supervision.found(inspection, "general")
    stranger = world.of_institution(await world.institution())
    path = f"/inspections/{inspection['id']}"
    for by in (world.officer("310104"), stranger):
        assert (await world.get(path, by)).status_code == 404
        assert (await world.get(f"{path}/amendments", by)).status_code == 404
        assert (await world.get("/inspections", by)).json()["items"] == []
    for by in (world.officer("310104"), world.centre):
        answer = await world.post(f"{path}/ask", {"deadline": "2026-03-20"}, by=by, version=3)
        assert answer.status_code == 404
    answer = {"answers": [{"number": 1, "text": "已整改"}]}
    assert (await world.post(f"{path}/answer", answer, by=stranger, version=3)).status_code == 404


async def test_inspections_are_filtered_and_exported(world, supervision, inspection):
    await supervision.found(inspection, "general")
    for query, count in (
        ("state=found", 1),
        ("state=planned", 0),
        ("object_kind=class", 0),
        ("district=310115&sort=-planned_at", 1),
        ("authority=city", 0),
    ):
        listed = (await world.get(f"/inspections?{query}", supervision.officer)).json()["items"]
        assert len(listed) == count, query
    text = (await world.get("/inspections/export", supervision.officer)).text
    assert "上海示例培训学校" in text
