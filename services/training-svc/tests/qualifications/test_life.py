"""The life of a qualification: drafted, measured, suspended, revoked, expired, renewed (T07, T08)."""

import asyncio
from datetime import date, timedelta

import pytest
from chuangpei.auth import Principal, Role
from chuangpei.events.training import (
    QualificationAmended,
    QualificationApproved,
    QualificationExpired,
    QualificationRestored,
    QualificationResumed,
    QualificationRevoked,
    QualificationSuspended,
)
from training_svc.classes import use_cases as classes
from training_svc.classes.schemas import NewClass
from training_svc.qualifications import decisions
from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.schemas import NewQualification
from training_svc.qualifications.use_cases import apply, expire_due
from training_svc.timers import timers

OFFICER = Principal("officer", Role.DISTRICT_OFFICER, district="310115")
LAST_DAY = date(2029, 2, 20)


@pytest.fixture
async def institution(world):
    """An institution, a project and a standard that limits everything it may limit."""
    await world.project()
    await world.standard(trainees_per_instructor=15, square_decimetres_per_trainee=200, max_online_percent=30)
    return await world.institution()


@pytest.fixture
async def approved(world, institution):
    return await world.approved(await world.submitted(institution))


async def step(world, one, deed, by=None, body=None):
    """A step on the qualification as it was read last."""
    given = {"reason": "消防整改"} if body is None and deed in ("suspend", "resume", "revoke") else body
    path = f"/qualifications/{one['id']}/{deed}"
    return await world.post(path, given, by=by or world.officer(), version=one["version"])


async def stepped(world, one, deed, by=None, body=None):
    answer = await step(world, one, deed, by, body)
    assert answer.is_success, answer.text
    return answer.json()


async def seen(world, one):
    return (await world.get(f"/qualifications/{one['id']}", world.officer())).json()


async def expire(world):
    """What the timer does until nothing is due."""
    (timer,) = [one for one in timers(world.service) if one.name == "expire qualifications"]
    return await timer.act()


async def file(world, institution, **own):
    body = await world.teachable(institution, world.class_body(institution, **own))
    return await world.post("/classes", body, by=world.of_institution(institution))


def on(world, day):
    world.clock.advance(days=(day - world.clock.today()).days)


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


async def told(world, *kinds):
    return [event for event in await world.events() if isinstance(event, kinds)]


async def test_a_draft_is_kept_filled_and_submitted_when_it_is_ready(world, institution):
    by = world.of_institution(institution)
    draft = await world.submitted(institution, draft=True, declared=None)
    assert (draft["state"], draft["submitted_at"], draft["declared"]) == ("draft", None, None)
    early = await step(world, draft, "submit", by)
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/declared")
    filled = {"standard_version": "2026-1", "declared": world.figures(hours=15)}
    revised = await stepped(world, draft, "revise", by, filled)
    submitted = await stepped(world, revised, "submit", by)
    assert (submitted["state"], submitted["declared"]["hours"]) == ("submitted", 15)
    assert [one["fact"] for one in submitted["findings"] if one["outcome"] == "failed"] == ["15"]
    assert (await step(world, submitted, "revise", by, filled)).status_code == 409


async def test_a_draft_is_submitted_by_the_standard_of_that_day(world, institution):
    by = world.of_institution(institution)
    draft = await world.submitted(institution, draft=True)
    await world.standard(version="2026-2", effective_from="2026-02-21")
    on(world, date(2026, 2, 21))
    assert failed(await step(world, draft, "submit", by)) == [("T07", "2026-1")]
    filled = {"standard_version": "2026-2", "declared": world.figures()}
    revised = await stepped(world, draft, "revise", by, filled)
    assert (await stepped(world, revised, "submit", by))["standard_version"] == "2026-2"


async def test_a_draft_cites_a_standard_that_there_is(world, institution):
    draft = await world.submitted(institution, draft=True)
    answer = await step(
        world, draft, "revise", world.of_institution(institution), {"standard_version": "1999-1"}
    )
    assert answer.json()["errors"][0]["code"] == "unknown_standard"


async def test_a_draft_does_not_become_a_second_application_by_one_version(world, institution):
    await world.standard(version="2026-2", effective_from="2026-02-20")
    draft = await world.submitted(institution, draft=True)
    await world.submitted(institution, "IYB", "2026-2")
    by, filled = world.of_institution(institution), {"standard_version": "2026-2"}
    answer = await step(world, draft, "revise", by, filled)
    assert (answer.status_code, answer.json()["code"]) == (409, "qualification_exists")
    assert await seen(world, draft) == draft


@pytest.mark.parametrize("draft", [True, False])
async def test_an_application_is_withdrawn_before_it_is_decided_and_may_be_made_again(
    world, institution, draft
):
    applied = await world.submitted(institution, draft=draft)
    withdrawn = await stepped(world, applied, "withdraw", world.of_institution(institution))
    assert withdrawn["state"] == "withdrawn"
    assert (await step(world, withdrawn, "approve", body={"found": world.figures()})).status_code == 409
    assert (await world.submitted(institution))["state"] == "submitted"


async def test_what_is_decided_is_not_withdrawn(world, institution, approved):
    assert (await step(world, approved, "withdraw", world.of_institution(institution))).status_code == 409


async def test_an_application_says_its_figures_and_the_officer_what_was_found(world, institution):
    submitted = await world.submitted(institution, declared=world.figures(instructors=3))
    approved = await world.approved(submitted, instructors=2)
    assert (approved["declared"]["instructors"], approved["found"]["instructors"]) == (3, 2)
    (warned,) = [one for one in approved["findings"] if one["outcome"] == "warned"]
    assert (warned["fact"], warned["required"]) == ("instructors 2", "instructors 3")


@pytest.mark.parametrize(
    ("found", "fact"),
    [
        ({"hours": 15}, "15"),
        ({"instructors": 1}, "30/1"),
        ({"room_square_decimetres": 5_999}, "5999"),
        ({"online_percent": 31}, "31"),
    ],
)
async def test_nobody_is_approved_who_was_found_below_the_standard(world, institution, found, fact):
    submitted = await world.submitted(institution)
    answer = await step(world, submitted, "approve", body={"found": world.figures(**found)})
    assert (answer.status_code, answer.json()["code"]) == (422, "criteria_not_met")
    assert failed(answer) == [("T07", fact)]
    assert await seen(world, submitted) == submitted
    assert await told(world, QualificationApproved) == []


async def test_an_approval_needs_every_figure_that_was_found(world, institution):
    submitted = await world.submitted(institution)
    found = world.figures()
    del found["instructors"]
    for body, pointer in [({}, "/found"), ({"found": found}, "/found/instructors")]:
        answer = await step(world, submitted, "approve", body=body)
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_rejection_carries_the_findings(world, institution):
    submitted = await world.submitted(institution)
    body = {"reason": "场地面积不足", "found": world.figures(room_square_decimetres=5_000)}
    rejected = await stepped(world, submitted, "reject", body=body)
    assert [one["fact"] for one in rejected["findings"] if one["outcome"] == "failed"] == ["5000"]
    assert rejected["found"]["room_square_decimetres"] == 5_000


async def test_a_qualification_is_valid_for_three_years(world, approved):
    assert (approved["valid_from"], approved["valid_until"]) == ("2026-02-20", LAST_DAY.isoformat())
    (event,) = await told(world, QualificationApproved)
    assert (event.valid_from, event.valid_until) == (date(2026, 2, 20), LAST_DAY)


async def test_a_suspended_qualification_lets_nobody_file_a_class_until_it_is_resumed(
    world, institution, approved
):
    suspended = await stepped(world, approved, "suspend")
    assert (suspended["state"], suspended["standing_reason"]) == ("suspended", "消防整改")
    assert ("T03", "not qualified") in failed(await file(world, institution, **two_teachers(world)))
    resumed = await stepped(world, suspended, "resume")
    assert resumed["state"] == "approved"
    assert (await file(world, institution, **two_teachers(world))).status_code == 201
    events = await told(world, QualificationSuspended, QualificationResumed)
    assert [type(event) for event in events] == [QualificationSuspended, QualificationResumed]
    assert {event.key for event in events} == {institution["credit_code"]}


@pytest.mark.parametrize("suspended_before", [True, False])
async def test_a_revoked_qualification_is_over_for_good(world, institution, approved, suspended_before):
    one = await stepped(world, approved, "suspend") if suspended_before else approved
    revoked = await stepped(world, one, "revoke")
    assert revoked["state"] == "revoked"
    assert ("T03", "not qualified") in failed(await file(world, institution))
    for deed in ("suspend", "resume", "revoke"):
        answer = await step(world, revoked, deed)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    (event,) = await told(world, QualificationRevoked)
    assert event.revoked_on == world.clock.today()
    assert (await world.submitted(institution))["state"] == "submitted"


@pytest.mark.parametrize("deed", ["suspend", "resume", "revoke"])
async def test_each_step_needs_its_reason_and_the_version_that_was_read(world, approved, deed):
    without = await step(world, approved, deed, body={})
    assert without.json()["errors"][0]["pointer"] == "/reason"
    assert (await step(world, approved | {"version": 1}, deed)).status_code == 412


@pytest.mark.parametrize("deed", ["suspend", "revoke"])
async def test_a_running_class_goes_on_flagged(world, institution, approved, deed):
    filed = (await file(world, institution, **two_teachers(world))).json()
    assert (filed["qualification_id"], filed["qualification_state"]) == (approved["id"], "approved")
    after = await stepped(world, approved, deed)
    shown = (await world.get(f"/classes/{filed['id']}", world.officer())).json()
    (listed,) = (await world.get("/classes", world.officer())).json()["items"]
    assert (shown["qualification_state"], listed["qualification_state"]) == (after["state"], after["state"])
    assert (await world.enrolled(institution, filed))["state"] == "enrolled"


def two_teachers(world):
    return {"instructors": [{"name": "李老师", "id_number": world.id_number()} for _ in range(2)]}


async def test_a_class_needs_the_instructors_and_the_room_of_the_standard(world, institution, approved):
    assert failed(await file(world, institution)) == [("T05", "30/1")]
    body = {"reason": "面积量错", "found": world.figures(class_size=20, room_square_decimetres=4_000)}
    await stepped(world, approved, "amend", body=body)
    answer = await file(world, institution, **two_teachers(world))
    assert failed(answer) == [("T05", "4000")]
    assert (await file(world, institution, capacity=20, **two_teachers(world))).status_code == 201


async def test_it_is_expired_to_whoever_reads_it_the_day_after_its_last_and_told_once(
    world, institution, approved
):
    on(world, LAST_DAY)
    assert (await seen(world, approved))["state"] == "approved"
    assert await expire(world) == 0
    on(world, LAST_DAY + timedelta(days=1))
    assert (await seen(world, approved))["state"] == "expired"
    assert await told(world, QualificationExpired) == []
    assert [await expire(world), await expire(world)] == [1, 0]
    (event,) = await told(world, QualificationExpired)
    assert (event.credit_code, event.valid_until) == (institution["credit_code"], LAST_DAY)
    assert (await seen(world, approved))["state"] == "expired"


@pytest.mark.parametrize("ticked", [True, False])
async def test_nothing_is_done_with_what_has_expired_whether_the_timer_came_by_or_not(
    world, institution, approved, ticked
):
    on(world, LAST_DAY + timedelta(days=1))
    if ticked:
        await expire(world)
    now = await seen(world, approved)
    for deed in ("suspend", "revoke"):
        assert (await step(world, now, deed)).status_code == 409
    day = LAST_DAY + timedelta(days=1)
    answer = await file(world, institution, starts_on=day.isoformat(), ends_on=day.isoformat())
    assert ("T03", "not qualified") in failed(answer)


async def test_a_class_begins_while_its_organiser_is_qualified(world, institution, approved):
    body = {"reason": "缩短有效期", "valid_until": "2026-03-01"}
    await stepped(world, approved, "amend", body=body)
    assert ("T03", "not qualified") in failed(await file(world, institution))


async def test_of_many_timers_at_once_each_expiry_is_told_once(world, institution, approved):
    for _ in range(3):
        await world.approved(await world.submitted(await world.institution()))
    on(world, LAST_DAY + timedelta(days=1))
    counts = await asyncio.gather(*(expire(world) for _ in range(6)))
    assert sum(counts) == 4
    assert len(await told(world, QualificationExpired)) == 4
    audited = "SELECT count(*) FROM audit_log WHERE action = 'expire_qualification' AND role = 'system'"
    assert await world.count(audited) == 4


async def test_the_timer_takes_some_and_then_the_rest(world, institution, approved):
    await world.approved(await world.submitted(await world.institution()))
    on(world, LAST_DAY + timedelta(days=1))
    taken = []
    for _ in range(3):
        async with world.service.database.transaction() as tx:
            taken.append(await expire_due(tx, world.service, most=1))
    assert taken == [1, 1, 0]


async def test_a_suspended_qualification_expires_too(world, approved):
    await stepped(world, approved, "suspend")
    on(world, LAST_DAY + timedelta(days=1))
    assert (await expire(world), (await seen(world, approved))["state"]) == (1, "expired")


async def test_it_is_renewed_in_its_last_days_from_the_day_after_it_ends(world, institution, approved):
    path, by = f"/institutions/{institution['id']}/qualifications", world.of_institution(institution)
    on(world, LAST_DAY - timedelta(days=91))
    assert failed(await world.post(path, world.qualification_body(), by=by)) == [("T07", "2028-11-21")]
    on(world, LAST_DAY - timedelta(days=90))
    renewed = await world.approved(await world.submitted(institution))
    assert (renewed["valid_from"], renewed["valid_until"]) == ("2029-02-21", "2032-02-21")
    extended = {"reason": "延长", "valid_until": LAST_DAY.isoformat()}
    assert (await step(world, approved, "amend", body=extended)).json()["code"] == "nothing_amended"


async def test_an_amendment_never_reaches_into_the_renewal(world, institution, approved):
    shortened = await stepped(world, approved, "amend", body={"reason": "缩短", "valid_until": "2026-06-01"})
    on(world, date(2026, 5, 1))
    renewed = await world.approved(await world.submitted(institution))
    assert renewed["valid_from"] == "2026-06-02"
    answer = await step(world, shortened, "amend", body={"reason": "恢复", "valid_until": "2026-06-02"})
    assert (answer.status_code, answer.json()["code"]) == (409, "qualification_exists")


async def test_what_was_recorded_at_the_decision_is_amended_and_what_stood_before_is_kept(world, approved):
    body = {"reason": "登记有误", "found": world.figures(hours=20), "decision_reason": "师资符合"}
    after = await stepped(world, approved, "amend", body=body)
    assert (after["found"]["hours"], after["reason"], after["state"]) == (20, "师资符合", "approved")
    path = f"/qualifications/{approved['id']}/amendments"
    (kept,) = (await world.get(path, world.officer())).json()["items"]
    assert (kept["before"]["found"]["hours"], kept["after"]["found"]["hours"]) == (16, 20)
    assert (kept["before"]["decision_reason"], kept["reason"]) == (None, "登记有误")


async def test_what_stands_approved_is_not_amended_to_figures_below_the_standard(world, approved):
    answer = await step(world, approved, "amend", body={"reason": "量错", "found": world.figures(hours=15)})
    assert (answer.status_code, answer.json()["code"]) == (422, "criteria_not_met")
    assert await seen(world, approved) == approved


async def test_a_rejection_is_amended_to_what_was_found(world, institution):
    rejected = await stepped(world, await world.submitted(institution), "reject", body={"reason": "课时不足"})
    body = {"reason": "登记有误", "found": world.figures(hours=10)}
    after = await stepped(world, rejected, "amend", body=body)
    assert [one["fact"] for one in after["findings"] if one["outcome"] == "failed"] == ["10"]
    until = {"reason": "延长", "valid_until": "2027-01-01"}
    answer = await step(world, after, "amend", body=until)
    assert answer.json()["errors"][0]["code"] == "out_of_range"


@pytest.mark.parametrize("until", ["2026-02-19", "2029-02-21"])
async def test_the_last_day_is_amended_within_the_three_years_only(world, approved, until):
    answer = await step(world, approved, "amend", body={"reason": "更正", "valid_until": until})
    assert answer.json()["errors"][0]["pointer"] == "/valid_until"


@pytest.mark.parametrize("state", ["draft", "submitted", "withdrawn"])
async def test_what_is_not_decided_is_not_amended(world, institution, state):
    one = await world.submitted(institution, draft=state == "draft")
    if state == "withdrawn":
        one = await stepped(world, one, "withdraw", world.of_institution(institution))
    answer = await step(world, one, "amend", body={"reason": "更正", "decision_reason": "其他"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_of_eight_suspensions_at_once_one_is_made(world, approved):
    answers = await asyncio.gather(*(step(world, approved, "suspend") for _ in range(8)))
    assert sorted(one.status_code for one in answers) == [200, *[412] * 7]
    assert len(await told(world, QualificationSuspended)) == 1


async def test_a_suspension_waits_for_a_class_being_filed(world, institution, approved):
    body = world.class_body(institution, **two_teachers(world))
    body = NewClass.model_validate(await world.teachable(institution, body))
    async with world.service.database.transaction() as tx:
        filed = await classes.file_class(tx, world.service, world.principal_of(institution), body)
        suspending = asyncio.create_task(step(world, approved, "suspend"))
        await world.somebody_waits_for_a_lock()
    assert (await suspending).status_code == 200
    shown = (await world.get(f"/classes/{filed.id}", world.officer())).json()
    assert shown["qualification_state"] == "suspended"


async def test_a_class_waits_for_a_suspension_under_way_and_is_refused(world, institution, approved):
    body = await world.teachable(institution, world.class_body(institution, **two_teachers(world)))
    async with world.service.database.transaction() as tx:
        await decisions.change_standing(
            tx,
            world.service,
            OFFICER,
            approved["id"],
            approved["version"],
            "suspend",
            Qualification.suspend,
            "消防整改",
        )
        filing = asyncio.create_task(world.post("/classes", body, by=world.of_institution(institution)))
        await world.somebody_waits_for_a_lock()
    assert ("T03", "not qualified") in failed(await filing)


async def test_an_audit_row_says_who_suspended_and_why(world, approved):
    await stepped(world, approved, "suspend", world.officer(subject="officer-zhang"))
    row = await world.count(
        "SELECT (actor, from_state, to_state, reason) FROM audit_log WHERE action = 'suspend_qualification'"
    )
    assert tuple(row) == ("officer-zhang", "approved", "suspended", "消防整改")


async def test_another_last_day_is_told_and_another_reason_is_not(world, institution, approved):
    reworded = await stepped(world, approved, "amend", body={"reason": "笔误", "decision_reason": "核实属实"})
    assert await told(world, QualificationAmended) == []
    suspended = await stepped(world, reworded, "suspend")
    shortened = {"reason": "缩短有效期", "valid_until": "2026-06-01"}
    assert (await stepped(world, suspended, "amend", body=shortened))["state"] == "suspended"
    (event,) = await told(world, QualificationAmended)
    assert event == QualificationAmended(
        credit_code=institution["credit_code"],
        institution_id=institution["id"],
        qualification_id=approved["id"],
        project=event.project,
        valid_from=date(2026, 2, 20),
        valid_until=date(2026, 6, 1),
        amended_on=world.clock.today(),
    )


async def test_a_mistaken_revocation_is_taken_back_and_told(world, institution, approved):
    revoked = await stepped(world, approved, "revoke")
    restored = await stepped(world, revoked, "amend", body={"revoked": False, "reason": "对象有误"})
    assert (restored["state"], restored["standing_reason"]) == ("approved", None)
    (event,) = await told(world, QualificationRestored)
    assert (event.credit_code, event.valid_until) == (institution["credit_code"], LAST_DAY)
    assert (await file(world, institution, **two_teachers(world))).status_code == 201
    path = f"/qualifications/{approved['id']}/amendments"
    (kept,) = (await world.get(path, world.officer())).json()["items"]
    assert (kept["before"]["state"], kept["before"]["standing_reason"]) == ("revoked", "消防整改")


async def test_a_revocation_is_not_taken_back_beside_what_was_granted_since(world, institution, approved):
    revoked = await stepped(world, approved, "revoke")
    await world.approved(await world.submitted(institution))
    answer = await step(world, revoked, "amend", body={"revoked": False, "reason": "对象有误"})
    assert (answer.status_code, answer.json()["code"]) == (409, "qualification_exists")


async def test_when_and_why_it_was_revoked_is_amended_and_another_day_is_told(world, approved):
    revoked = await stepped(world, approved, "revoke")
    on(world, date(2026, 3, 1))
    body = {"standing_reason": "骗取补贴", "standing_since": "2026-02-25", "reason": "登记有误"}
    amended = await stepped(world, revoked, "amend", body=body)
    assert (amended["standing_reason"], amended["standing_since"]) == ("骗取补贴", "2026-02-25")
    assert [one.revoked_on for one in await told(world, QualificationRevoked)][-1] == date(2026, 2, 25)
    again = {"standing_reason": "弄虚作假", "reason": "登记有误"}
    await stepped(world, amended, "amend", body=again)
    assert len(await told(world, QualificationRevoked)) == 2
    early = {"standing_since": "2026-02-19", "reason": "登记有误"}
    answer = await step(world, await seen(world, approved), "amend", body=early)
    assert answer.json()["errors"][0]["pointer"] == "/standing_since"


async def test_what_was_found_of_a_revoked_one_may_be_below_the_standard(world, approved):
    revoked = await stepped(world, approved, "revoke")
    body = {"reason": "量错", "found": world.figures(hours=15)}
    assert (await stepped(world, revoked, "amend", body=body))["found"]["hours"] == 15


async def test_a_mistaken_rejection_is_reopened_and_decided_anew(world, institution):
    rejected = await stepped(world, await world.submitted(institution), "reject", body={"reason": "课时不足"})
    reopened = await stepped(world, rejected, "amend", body={"rejected": False, "reason": "看错材料"})
    assert (reopened["state"], reopened["decided_on"], reopened["reason"]) == ("submitted", None, None)
    assert (await world.approved(reopened))["state"] == "approved"
    path = f"/qualifications/{rejected['id']}/amendments"
    (kept,) = (await world.get(path, world.officer())).json()["items"]
    assert (kept["before"]["state"], kept["before"]["decision_reason"]) == ("rejected", "课时不足")


async def test_a_rejection_is_not_reopened_beside_another_application(world, institution):
    rejected = await stepped(world, await world.submitted(institution), "reject", body={"reason": "课时不足"})
    await world.submitted(institution)
    answer = await step(world, rejected, "amend", body={"rejected": False, "reason": "看错材料"})
    assert (answer.status_code, answer.json()["code"]) == (409, "qualification_exists")


async def test_a_decision_is_taken_back_alone_and_only_where_it_was_taken(world, approved):
    both = {"revoked": False, "decision_reason": "师资符合", "reason": "更正"}
    answer = await step(world, approved, "amend", body=both)
    assert answer.json()["errors"][0]["pointer"] == "/revoked"
    for taken_back in ("revoked", "rejected"):
        answer = await step(world, approved, "amend", body={taken_back: False, "reason": "更正"})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    answer = await step(world, approved, "amend", body={"standing_reason": "骗取补贴", "reason": "更正"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


@pytest.mark.parametrize("draft", [True, False])
async def test_closing_waits_for_an_application_that_is_being_made(world, institution, draft):
    body = NewQualification.model_validate(world.qualification_body(draft=draft))
    closing = {"reason": "停办"}
    async with world.service.database.transaction() as tx:
        await apply(tx, world.service, world.principal_of(institution), institution["id"], body)
        path = f"/institutions/{institution['id']}/close"
        waiting = asyncio.create_task(world.post(path, closing, by=world.officer(), version=1))
        await world.somebody_waits_for_a_lock()
        assert not waiting.done()
    assert (await waiting).status_code == 200
