"""A certificate revoked in each state of its claim, and at the same moment as other things (D03, D06)."""

import asyncio

import pytest
from chuangpei.events.subsidy import (
    ClaimPaid,
    ClaimStopped,
    ClaimWindowClosed,
    PaymentBatchSettled,
    RecoveryOpened,
)


async def claimed(office, state):
    certificate = await office.certificate()
    submitted = await office.submitted(certificate)
    return certificate, submitted if state == "submitted" else await getattr(office, state)(submitted)


async def places(office):
    return len(await office.sql("SELECT 1 FROM reservations"))


@pytest.mark.parametrize("state", ["submitted", "accepted", "noticed", "cleared"])
async def test_a_claim_not_yet_batched_stops(office, state):
    certificate, claim = await claimed(office, state)
    await office.revoke(certificate)
    await office.revoke(certificate)
    shown = await office.shown(claim)
    assert (shown["state"], shown["decision_reason"]) == (
        "stopped",
        "certificate revoked: fraud_in_evaluation",
    )
    assert [event.cause for event in await office.emitted(ClaimStopped)] == ["certificate_revoked"]
    assert len(await office.emitted(ClaimWindowClosed)) == 1
    assert await places(office) == 0
    office.clock.advance(days=30)
    assert await office.clear_due() == 0


async def test_a_held_claim_stops_and_its_objections_lapse(office):
    certificate, claim = await claimed(office, "noticed")
    await office.objected(claim)
    await office.revoke(certificate)
    assert await office.state_of(claim) == "stopped"
    [item] = (await office.get("/objections", office.officer()))["items"]
    assert item["state"] == "lapsed"


async def test_in_a_draft_the_line_is_taken_out(office):
    certificate, claim = await claimed(office, "cleared")
    await office.cleared(await office.submitted(who="partner"))
    batch = await office.drafted()
    assert batch["lines"] == 2
    await office.revoke(certificate)
    assert await office.state_of(claim) == "stopped"
    sealed = await office.batch_step(batch, "seal")
    assert (sealed["lines"], sealed["total_fen"]) == (1, 180000)


async def test_a_draft_left_without_lines_is_not_sealed(office):
    certificate, _ = await claimed(office, "cleared")
    batch = await office.drafted()
    await office.revoke(certificate)
    answer = await office.post(f"/batches/{batch['id']}/seal", office.officer("releaser"), None, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_pay")


async def test_a_draft_left_without_lines_does_not_bar_the_next(office):
    certificate, _ = await claimed(office, "cleared")
    emptied = await office.drafted()
    await office.revoke(certificate)
    nothing = await office.post("/batches", office.officer("releaser"), {})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_pay")
    accepted = (await office.step(await office.submitted(who="partner"), "accept", "approver")).json()
    noticed = (await office.step(accepted, "approve", "releaser")).json()
    office.clock.advance(days=30)
    await office.clear_due()
    batch = await office.drafted()
    assert (batch["id"], batch["lines"], batch["version"]) == (emptied["id"], 1, 2)
    assert await office.state_of(noticed) == "batched"
    by_approver = await office.post(f"/batches/{batch['id']}/seal", office.officer("releaser"), None, 2)
    assert (by_approver.status_code, by_approver.json()["code"]) == (409, "four_eyes")
    sealed = await office.batch_step(batch, "seal", office.officer("approver"))
    assert (sealed["state"], sealed["lines"]) == ("sealed", 1)


@pytest.mark.parametrize("step", ["sealed", "received"])
async def test_in_a_sealed_batch_the_line_is_held_out_and_the_totals_stay(office, step):
    certificate, claim = await claimed(office, "cleared")
    await office.cleared(await office.submitted(who="partner"))
    batch = await getattr(office, step)()
    await office.revoke(certificate)
    shown = await office.shown(claim)
    assert (shown["state"], shown["payment"]["status"]) == ("stopped", "held_out")
    assert await places(office) == 1
    detail = await office.get(f"/batches/{batch['id']}", office.city)
    assert (detail["lines"], detail["total_fen"], detail["sha256"]) == (2, 360000, batch["sha256"])
    assert detail["by_status"] == {
        "held_out": {"lines": 1, "total_fen": 180000},
        "pending": {"lines": 1, "total_fen": 180000},
    }
    if step == "sealed":
        batch = await office.batch_step(await office.batch_step(batch, "hand-over"), "receive")
    lines = await office.export(batch)
    assert [line["holder_name"] for line in lines] == ["李四光"]
    assert (await office.bank_answers(batch, office.bank_answer(lines))).status_code == 201
    [settled] = await office.emitted(PaymentBatchSettled)
    assert (settled.lines, settled.settled_lines, settled.settled_fen) == (2, 1, 180000)


async def test_a_line_held_out_before_the_export_cannot_be_answered(office):
    certificate, claim = await claimed(office, "cleared")
    await office.cleared(await office.submitted(who="partner"))
    batch = await office.received()
    await office.revoke(certificate)
    [line] = await office.export(batch)
    forged = line | {"line_no": "1", "claim_id": claim["id"], "holder_name": "张三丰"}
    answer = await office.bank_answers(batch, office.bank_answer([forged]))
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("line 2", "held_out")]


async def test_a_batch_with_every_line_held_out_settles_when_it_is_exported(office):
    certificate, _ = await claimed(office, "cleared")
    batch = await office.received()
    await office.revoke(certificate)
    assert await office.export(batch) == []
    assert (await office.get(f"/batches/{batch['id']}", office.city))["state"] == "settled"


async def test_a_line_at_the_bank_and_paid_opens_a_recovery(office):
    certificate, claim = await claimed(office, "cleared")
    batch = await office.received()
    lines = await office.export(batch)
    await office.revoke(certificate)
    assert await office.state_of(claim) == "batched"
    await office.bank_answers(batch, office.bank_answer(lines))
    assert await office.state_of(claim) == "paid"
    assert len(await office.emitted(ClaimPaid)) == 1
    assert len(await office.emitted(RecoveryOpened)) == 1
    assert await places(office) == 1


async def test_a_line_at_the_bank_and_not_paid_stops_the_claim(office):
    certificate, claim = await claimed(office, "cleared")
    batch = await office.received()
    lines = await office.export(batch)
    await office.revoke(certificate)
    await office.bank_answers(batch, office.bank_answer(lines, failed={"1": "ACCT_CLOSED"}))
    assert await office.state_of(claim) == "stopped"
    assert [event.cause for event in await office.emitted(ClaimStopped)] == ["certificate_revoked"]
    assert await office.emitted(RecoveryOpened) == []
    assert await places(office) == 0


async def test_a_paid_claim_opens_one_recovery_and_keeps_its_place(office):
    certificate, claim = await claimed(office, "cleared")
    batch = await office.received()
    await office.bank_answers(batch, office.bank_answer(await office.export(batch)))
    await office.revoke(certificate)
    await office.revoke(certificate)
    assert await office.state_of(claim) == "paid"
    [event] = await office.emitted(RecoveryOpened)
    assert (str(event.claim_id), event.amount_fen, event.cause) == (
        claim["id"],
        180000,
        "certificate_revoked",
    )
    for headers in (office.officer(), office.city):
        [item] = (await office.get("/recoveries", headers))["items"]
        assert (item["claim_id"], item["holder"], item["state"]) == (claim["id"], "张*", "open")
    assert (await office.get("/recoveries", office.officer("approver", "310104")))["items"] == []
    assert await places(office) == 1


async def test_a_claim_whose_payment_failed_stops(office):
    certificate, claim = await claimed(office, "cleared")
    batch = await office.received()
    lines = await office.export(batch)
    await office.bank_answers(batch, office.bank_answer(lines, failed={"1": "ACCT_CLOSED"}))
    await office.revoke(certificate)
    assert await office.state_of(claim) == "stopped"
    assert await places(office) == 0


@pytest.mark.parametrize("state", ["withdrawn", "rejected"])
async def test_an_ended_claim_is_left_as_it_is(office, state):
    certificate, claim = await claimed(office, "accepted")
    if state == "withdrawn":
        await office.step(claim, "withdraw", "holder")
    else:
        await office.step(claim, "reject", "approver", {"reason": "材料不符"})
    await office.revoke(certificate)
    assert await office.state_of(claim) == state
    assert await office.emitted(ClaimStopped) == []


# At the same moment


@pytest.mark.parametrize("turn", range(4))
async def test_revoking_and_submitting_at_once_leave_no_open_claim(office, turn):
    certificate = await office.certificate()
    answers = await asyncio.gather(
        *(office.claim(certificate) for _ in range(turn)),
        office.revoke(certificate),
        office.claim(certificate),
    )
    for answer in answers:
        assert answer is None or answer.status_code in (201, 422)
    rows = await office.sql("SELECT state FROM claims")
    assert all(row["state"] == "stopped" for row in rows)
    assert await places(office) == 0


@pytest.mark.parametrize("turn", range(4))
async def test_revoking_and_approving_at_once_stop_the_claim(office, turn):
    certificate, claim = await claimed(office, "accepted")
    jobs = [office.step(claim, "approve", "approver"), office.revoke(certificate)]
    answers = await asyncio.gather(*(jobs if turn % 2 else reversed(jobs)))
    [approval] = [answer for answer in answers if answer is not None]
    assert approval.status_code in (200, 412)
    assert await office.state_of(claim) == "stopped"
    assert await places(office) == 0


@pytest.mark.parametrize("turn", range(6))
async def test_revoking_while_a_batch_is_drafted_and_sealed_never_pays(office, turn):
    certificate, claim = await claimed(office, "cleared")
    await office.cleared(await office.submitted(who="partner"))

    async def draft_and_seal():
        return await office.sealed()

    async def revoke_later():
        for _ in range(turn * 3):
            await office.sql("SELECT 1")
        await office.revoke(certificate)

    batch, _ = await asyncio.gather(draft_and_seal(), revoke_later())
    assert await office.state_of(claim) == "stopped"
    batch = await office.batch_step(await office.batch_step(batch, "hand-over"), "receive")
    assert [line["holder_name"] for line in await office.export(batch)] == ["李四光"]
    [[pending]] = await office.sql("SELECT count(*) FROM payment_lines WHERE status = 'pending'")
    assert pending == 1


@pytest.mark.parametrize("turn", range(4))
async def test_revoking_while_the_banks_answer_is_imported_ends_in_a_recovery(office, turn):
    certificate, claim = await claimed(office, "cleared")
    batch = await office.received()
    content = office.bank_answer(await office.export(batch))
    jobs = [office.bank_answers(batch, content), office.revoke(certificate)]
    await asyncio.gather(*(jobs if turn % 2 else reversed(jobs)))
    assert await office.state_of(claim) == "paid"
    assert len(await office.emitted(RecoveryOpened)) == 1
