"""What comes at once has one outcome: objections, decisions, the end of the notice, batches (S09, D04)."""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from chuangpei.kernel.clock import SHANGHAI
from subsidy_svc.claims import repository as claims

LAST_SECOND = datetime(2026, 6, 5, 23, 59, 59, tzinfo=SHANGHAI)


@asynccontextmanager
async def claim_locked(office, claim):
    """Nobody else gets on with the claim before this block ends."""
    async with office.service.database.transaction() as tx:
        await claims.load_for_update(tx, office.uuid(claim))
        yield


async def waiting(office):
    """Until a statement waits for a lock."""
    async with asyncio.timeout(60):
        while not await office.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_two_officers_decide_at_once_and_one_of_them_has(office):
    objection = await office.investigated(await office.objected(await office.noticed()))
    officers = [("uphold", "releaser"), ("dismiss", "third")] * 3
    answers = await asyncio.gather(*(office.handle(objection, verb, who) for verb, who in officers))
    assert {answer.status_code for answer in answers} <= {200, 409, 412}
    assert [answer.status_code for answer in answers].count(200) == 1
    rows = await office.sql(
        "SELECT 1 FROM audit_log WHERE action IN ('objection.uphold', 'objection.dismiss')"
    )
    assert len(rows) == 1


async def test_two_objections_dismissed_at_once_release_the_claim_once(office):
    claim = await office.noticed()
    objections = [await office.investigated(await office.objected(claim)) for _ in range(2)]
    office.clock.advance(days=30)
    answers = await asyncio.gather(*(office.handle(one, "dismiss", "releaser") for one in objections))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await office.state_of(claim) == "cleared"
    assert len(await office.sql("SELECT 1 FROM audit_log WHERE action = 'claim.dismiss_objection'")) == 1


async def test_an_objection_that_has_the_claim_before_midnight_holds_it_after(office):
    claim = await office.noticed()
    office.clock.set(LAST_SECOND)
    answer, _ = await asyncio.gather(office.object_to(claim), office.clear_due())
    assert answer.status_code == 201
    office.clock.advance(days=10)
    assert await office.clear_due() == 0
    assert await office.state_of(claim) == "held"


async def test_an_objection_that_gets_to_the_claim_after_midnight_is_too_late(office):
    claim = await office.noticed()
    office.clock.set(LAST_SECOND)
    async with claim_locked(office, claim):
        objecting = asyncio.create_task(office.object_to(claim))
        await waiting(office)
        office.clock.advance(seconds=1)
        assert await office.clear_due() == 0
    answer = await objecting
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_closed")
    assert await office.clear_due() == 1
    assert await office.state_of(claim) == "cleared"


@pytest.mark.parametrize("round_", range(3))
async def test_at_midnight_the_claim_is_held_by_an_objection_that_was_taken_or_cleared(office, round_):
    claim = await office.noticed()
    office.clock.set(LAST_SECOND)

    async def midnight():
        office.clock.advance(seconds=1)
        return await office.clear_due()

    answer, _ = await asyncio.gather(office.object_to(claim), midnight())
    await office.clear_due()
    outcome = (answer.status_code, await office.state_of(claim))
    assert outcome in {(201, "held"), (409, "cleared")}


async def test_an_objection_and_the_withdrawal_at_once_leave_nothing_undecided(office):
    claim = await office.noticed()
    answers = await asyncio.gather(office.object_to(claim), office.step(claim, "withdraw", "holder"))
    assert [answer.status_code for answer in answers] in ([201, 200], [409, 200], [201, 412])
    if answers[1].status_code == 412:
        assert await office.state_of(claim) == "held"
    else:
        undecided = await office.get("/objections", office.city, undecided="true")
        assert undecided["items"] == []


async def test_a_dismissal_and_a_batch_at_once_pay_the_claim_in_one_batch_or_the_next(office):
    await office.cleared(await office.submitted(who="partner"))
    claim = await office.noticed()
    objection = await office.investigated(await office.objected(claim))
    office.clock.advance(days=30)
    answers = await asyncio.gather(
        office.handle(objection, "dismiss", "third"),
        office.post("/batches", office.officer("releaser"), {}),
    )
    assert [answer.status_code for answer in answers] == [200, 201]
    lines = await office.sql("SELECT 1 FROM payment_lines WHERE claim_id = $1", office.uuid(claim))
    assert len(lines) <= 1
    assert await office.state_of(claim) == ("batched" if lines else "cleared")
