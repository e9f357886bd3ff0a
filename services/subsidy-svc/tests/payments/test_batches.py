"""Batches: drafted, sealed, handed over, received, exported; four eyes and control totals (S10, D05)."""

import asyncio
import struct
from collections import Counter
from hashlib import sha256

import pytest
from chuangpei.auth import Role
from chuangpei.events.subsidy import PaymentBatchSealed


async def test_a_draft_takes_every_cleared_claim_of_its_district_alone(office):
    here = await office.cleared()
    await office.cleared(
        await office.submitted(await office.certificate(who="partner", district="310104"), "partner")
    )
    waiting = await office.submitted(who="third")
    batch = await office.drafted()
    assert (batch["lines"], batch["state"], batch["number"]) == (1, "draft", "310115-20260613-1")
    assert await office.state_of(here) == "batched"
    assert await office.state_of(waiting) == "submitted"


async def test_with_nothing_cleared_there_is_nothing_to_pay(office):
    await office.noticed()
    answer = await office.post("/batches", office.officer("releaser"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_pay")
    assert await office.sql("SELECT 1 FROM payment_batches") == []


async def test_a_district_has_one_draft_at_a_time(office):
    await office.cleared()
    await office.drafted()
    answer = await office.post("/batches", office.officer("releaser"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "draft_exists")


async def test_drafts_made_at_once_are_one(office):
    await office.cleared()
    answers = await asyncio.gather(
        *(office.post("/batches", office.officer("releaser"), {}) for _ in range(6))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert len(await office.sql("SELECT 1 FROM payment_lines")) == 1


async def test_a_claim_is_in_one_batch_only(office):
    await office.cleared()
    await office.sealed()
    await office.cleared(await office.submitted(who="partner"))
    second = await office.drafted()
    assert second["lines"] == 1
    rows = await office.sql("SELECT count(*), count(DISTINCT claim_id) AS claims FROM payment_lines")
    assert tuple(rows[0]) == (2, 2)
    with pytest.raises(Exception, match="uq_payment_lines_claim"):
        await office.sql(
            "INSERT INTO payment_lines (batch_id, line_no, claim_id, amount_fen, fund_year, payee_encrypted,"
            " payee_digest, approved_by, status)"
            " SELECT batch_id, line_no + 1, claim_id, amount_fen, fund_year, payee_encrypted,"
            " payee_digest, approved_by, status FROM payment_lines"
        )


def copied(rows):
    """What COPY … (FORMAT binary) writes: a header, fields with their lengths, a trailer."""
    lines = (
        struct.pack(">hiii16siqi", 4, 4, row["line_no"], 16, row["claim_id"].bytes, 8, row["amount_fen"], 32)
        + row["payee_digest"]
        for row in rows
    )
    return b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0) + b"".join(lines) + struct.pack(">h", -1)


async def test_the_seal_fixes_count_sum_and_hash_of_the_content(office):
    for who in ("holder", "partner", "third"):
        await office.noticed(await office.submitted(who=who))
    office.clock.advance(days=30)
    await office.clear_due()
    batch = await office.sealed()
    rows = await office.sql(
        "SELECT line_no, claim_id, amount_fen, payee_digest FROM payment_lines ORDER BY line_no"
    )
    assert (batch["state"], batch["lines"], batch["total_fen"]) == ("sealed", 3, 540000)
    assert batch["sha256"] == sha256(copied(rows)).hexdigest()
    [event] = await office.emitted(PaymentBatchSealed)
    assert (event.lines, event.total_fen, event.sha256) == (3, 540000, batch["sha256"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payment_batches SET total_fen = 1",
        "UPDATE payment_batches SET sha256 = 'x'",
        "UPDATE payment_batches SET state = 'draft'",
        "DELETE FROM payment_batches",
        "UPDATE payment_lines SET amount_fen = 1",
        "UPDATE payment_lines SET payee_encrypted = 'x'",
        "UPDATE payment_lines SET claim_id = gen_random_uuid()",
        "DELETE FROM payment_lines",
    ],
)
async def test_a_sealed_batch_cannot_be_changed(office, statement):
    await office.cleared()
    await office.sealed()
    with pytest.raises(Exception, match=r"can no longer be changed|is sealed"):
        await office.sql(statement)


SLIP_IN = (
    "INSERT INTO payment_lines (batch_id, line_no, claim_id, amount_fen, fund_year, payee_encrypted,"
    " payee_digest, approved_by, status)"
    " SELECT b.id, 2, c.id, c.amount_fen, c.fund_year, c.payee_encrypted, c.payee_digest,"
    " c.approved_by, 'pending' FROM payment_batches b, claims c JOIN windows w USING (certificate_id)"
    " WHERE c.state = 'cleared' AND w.masked_name = '李*'"
)


async def test_a_line_slipped_in_before_the_city_takes_the_batch_is_noticed(office):
    await office.cleared()
    batch = await office.batch_step(await office.sealed(), "hand-over")
    await office.cleared(await office.submitted(who="partner"))
    await office.sql(SLIP_IN)
    answer = await office.post(f"/batches/{batch['id']}/receive", office.city, None, batch["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_as_sealed")


async def test_a_line_slipped_in_afterwards_stops_the_export(office):
    await office.cleared()
    batch = await office.received()
    await office.cleared(await office.submitted(who="partner"))
    await office.sql(SLIP_IN)
    answer = await office.http.get(f"/subsidy/v1/batches/{batch['id']}/export.csv", headers=office.city)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_as_sealed")
    assert (await office.get(f"/batches/{batch['id']}", office.city))["state"] == "received"


@pytest.mark.parametrize("action", ["seal", "hand-over"])
@pytest.mark.parametrize("subject", ["approver", "second-account"])
async def test_who_approved_a_claim_does_not_release_its_batch(office, action, subject):
    await office.cleared()
    batch = await office.drafted()
    if action == "hand-over":
        batch = await office.batch_step(batch, "seal")
    headers = office.as_(Role.DISTRICT_OFFICER, "approver", subject=subject, district="310115")
    answer = await office.post(f"/batches/{batch['id']}/{action}", headers, None, batch["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_an_approver_of_another_batch_may_release_this_one(office):
    await office.cleared()
    await office.sealed()
    submitted = await office.submitted(who="partner")
    accepted = (await office.step(submitted, "accept", "releaser")).json()
    noticed = (await office.step(accepted, "approve", "acceptor")).json()
    office.clock.advance(days=30)
    await office.clear_due()
    assert await office.state_of(noticed) == "cleared"
    batch = await office.drafted()
    await office.batch_step(batch, "seal", office.officer("approver"))


async def test_the_steps_have_one_order(office):
    await office.cleared()
    batch = await office.drafted()
    path, officer = f"/batches/{batch['id']}", office.officer("releaser")
    assert (await office.post(f"{path}/hand-over", officer, None, 1)).status_code == 409
    assert (await office.post(f"{path}/receive", office.city, None, 1)).status_code == 409
    export = await office.http.get(f"/subsidy/v1{path}/export.csv", headers=office.city)
    assert (export.status_code, export.json()["code"]) == (409, "not_allowed_in_state")
    sealed = await office.batch_step(batch, "seal")
    assert (await office.post(f"{path}/seal", officer, None, sealed["version"])).status_code == 409


async def test_sealing_twice_at_once_seals_once(office):
    await office.cleared()
    batch = await office.drafted()
    answers = await asyncio.gather(
        *(
            office.post(f"/batches/{batch['id']}/seal", office.officer("releaser"), None, batch["version"])
            for _ in range(6)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 5}
    assert len(await office.emitted(PaymentBatchSealed)) == 1


async def test_another_district_finds_no_batch(office):
    await office.cleared()
    batch = await office.drafted()
    other = office.officer("releaser", "310104")
    for action in ("seal", "hand-over"):
        answer = await office.post(f"/batches/{batch['id']}/{action}", other, None, batch["version"])
        assert answer.status_code == 404
    assert (await office.http.get(f"/subsidy/v1/batches/{batch['id']}", headers=other)).status_code == 404
    assert (await office.get("/batches", other))["items"] == []
    assert len((await office.get("/batches", office.city))["items"]) == 1
