"""A completion taken back takes its certificates along; completed again it gives new ones (C01–C03, D09)."""

import asyncio
from datetime import date

import asyncpg
import pytest
from cert_svc.evaluations.repository import newest_for_update
from cert_svc.evaluations.voiding import void
from chuangpei.auth import SYSTEM
from chuangpei.events.cert import CertificateRevoked
from chuangpei.testing.events import received


async def states(office, event):
    rows = await office.sql(
        "SELECT kind, state FROM certificates WHERE enrolment_id = $1 ORDER BY id", event.enrolment_id
    )
    return [tuple(row) for row in rows]


async def revocations(office):
    return [event for event in await office.emitted() if isinstance(event, CertificateRevoked)]


@pytest.mark.parametrize("ground", ["attendance_corrected", "officer_decision"])
async def test_both_certificates_of_a_stage_3_training_are_revoked_without_an_exit_ground(office, ground):
    event = await office.complete()
    await office.evaluated(event, 90)
    await office.deliver(office.taken_back(event, ground=ground))
    assert await states(office, event) == [
        ("training_completion", "revoked"),
        ("training_qualification", "revoked"),
    ]
    told = await revocations(office)
    assert {(one.reason_code, one.exit_ground) for one in told} == {("completion_revoked", None)}
    lines = await office.sql("SELECT entry, role FROM certificate_ledger WHERE entry = 'revoked'")
    assert [tuple(line) for line in lines] == [("revoked", "system")] * 2


async def test_the_certificate_of_another_stage_is_revoked_too(office):
    event = await office.complete(stage=1)
    await office.deliver(office.taken_back(event))
    assert await states(office, event) == [("entrepreneurship_completion", "revoked")]


async def test_it_has_its_effect_once_however_often_it_is_told(office):
    event = await office.complete()
    message, again = received(office.taken_back(event)), received(office.taken_back(event))
    await office.deliver(message)
    await office.deliver(message, again)
    assert len(await revocations(office)) == 1
    assert await office.sql("SELECT 1 FROM parked_messages") == []


async def test_told_before_the_completion_it_waits_for_it(office):
    event = office.completion()
    await office.deliver(office.taken_back(event))
    assert [row["waiting"] for row in await office.sql("SELECT waiting FROM parked_messages")] == [True]
    await office.deliver(event)
    assert await office.sql("SELECT 1 FROM parked_messages") == []
    assert await states(office, event) == [("training_completion", "revoked")]


async def test_a_certificate_revoked_before_keeps_its_reason(office):
    event = await office.complete()
    await office.revoke((await office.certificates(event))["training_completion"], "false_training")
    await office.deliver(office.taken_back(event))
    assert [one.reason_code for one in await revocations(office)] == ["false_training"]


@pytest.mark.parametrize("scored", [False, True])
async def test_an_evaluation_without_a_result_is_void_and_opens_again_with_the_training(office, scored):
    event = await office.complete()
    evaluation = await office.evaluation_of(event)
    if scored:
        evaluation = (await office.score(evaluation, 90)).json()
    await office.deliver(office.taken_back(event))
    void = await office.evaluation_of(event)
    assert (void["id"], void["state"]) == (evaluation["id"], "void")
    assert (await office.score(void, 90)).status_code == 409
    await office.deliver(event.model_copy(update={"completed_on": office.clock.today()}))
    anew = await office.evaluation_of(event)
    assert (anew["state"], anew["attempt"]) == ("open", 1)
    assert anew["id"] != evaluation["id"]
    assert (await office.evaluated(event, 90))["passed"] is True


async def test_a_failed_evaluation_stays_failed(office):
    event = await office.complete()
    await office.evaluated(event, 10)
    await office.deliver(office.taken_back(event))
    await office.deliver(event.model_copy(update={"completed_on": office.clock.today()}))
    failed = await office.evaluation_of(event)
    assert (failed["state"], failed["passed"]) == ("confirmed", False)
    assert (await office.retake(failed)).status_code == 201


async def test_a_pass_that_was_voided_meanwhile_does_not_come_back(office):
    event = await office.complete()
    passed = await office.evaluated(event, 90)
    await office.deliver(office.taken_back(event))
    async with office.service.database.transaction() as tx:
        evaluation = await newest_for_update(tx, event.enrolment_id)
        assert str(evaluation.id) == passed["id"]
        await void(tx, office.service, SYSTEM, evaluation, note="评价组织有误")
    await office.deliver(event.model_copy(update={"completed_on": office.clock.today()}))
    assert ("training_qualification", "valid") not in await states(office, event)


async def test_completed_again_it_gets_new_certificates_of_that_day_and_the_old_stay_revoked(office):
    event = await office.complete()
    await office.evaluated(event, 90)
    await office.deliver(office.taken_back(event))
    office.clock.advance(days=10)
    again = {"completed_on": office.clock.today(), "sessions_attended": 9}
    await office.deliver(event.model_copy(update=again))
    assert await states(office, event) == [
        ("training_completion", "revoked"),
        ("training_qualification", "revoked"),
        ("training_completion", "valid"),
        ("training_qualification", "valid"),
    ]
    new = (await office.emitted())[-1]
    assert (new.kind, new.issued_on) == ("training_qualification", date(2026, 6, 11))
    assert (await office.evaluation_of(event))["certificate_number"] == new.number
    assert len(await office.sql("SELECT 1 FROM evaluations")) == 1
    [row] = await office.sql("SELECT details FROM audit_log WHERE action = 'complete_again'")
    assert row["details"]["before"]["sessions_attended"] == 10


async def test_taken_back_twice_it_is_revoked_twice(office):
    event = await office.complete(stage=2)
    await office.deliver(office.taken_back(event))
    again = event.model_copy(update={"completed_on": office.clock.today()})
    await office.deliver(again, office.taken_back(again))
    assert [state for _, state in await states(office, event)] == ["revoked", "revoked"]


async def test_the_first_completion_told_once_more_completes_nothing_again(office):
    event = await office.complete()
    await office.deliver(office.taken_back(event), event)
    assert await states(office, event) == [("training_completion", "revoked")]


async def test_a_qualification_revoked_for_fraud_does_not_come_back(office):
    event = await office.complete()
    await office.evaluated(event, 90)
    await office.revoke((await office.certificates(event))["training_qualification"], "evaluation_fraud")
    await office.deliver(office.taken_back(event))
    await office.deliver(event.model_copy(update={"completed_on": office.clock.today()}))
    assert ("training_qualification", "valid") not in await states(office, event)


@pytest.mark.parametrize("_", range(4))
async def test_a_pass_confirmed_at_the_same_time_leaves_no_valid_certificate(office, _):
    event = await office.complete()
    scored = (await office.score(await office.evaluation_of(event), 90)).json()
    confirmed, _none = await asyncio.gather(office.confirm(scored), office.deliver(office.taken_back(event)))
    assert confirmed.status_code in (200, 409, 412)
    assert {state for _, state in await states(office, event)} == {"revoked"}


@pytest.mark.parametrize(
    "change",
    [
        "completed_on = completed_on + 1",
        "revoked_on = completed_on",
        "revoked_on = completed_on, revocation_ground = 'x', sessions_attended = 1",
        "revoked_on = completed_on, revocation_ground = 'x', person_key = 'another'",
    ],
)
async def test_the_database_keeps_what_was_told(office, change):
    await office.complete()
    with pytest.raises((asyncpg.RestrictViolationError, asyncpg.CheckViolationError)):
        await office.sql(f"UPDATE completions SET {change}")  # noqa: S608  # above
