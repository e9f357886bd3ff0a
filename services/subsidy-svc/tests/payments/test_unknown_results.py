"""A result the bank could not tell: decided by a later file or two people, never paid blindly (S10, D05)."""

import asyncio
from collections import Counter

import pytest
from chuangpei.auth import Role
from chuangpei.events.subsidy import ClaimPaid, ClaimPaymentFailed, PaymentBatchSettled, RecoveryOpened

SETTLED = {"result": "settled", "evidence": "经银行对账单核实，款项已于次日入账"}
FAILED = {"result": "failed", "bank_code": "NO_ENTRY", "evidence": "经银行查复，未入账"}


def unknown(office, lines):
    return office.bank_answer(lines).replace("settled", "unknown")


async def unanswered(office, certificate=None):
    """A claim whose result the bank could not tell, its batch and the exported lines."""
    claim = await office.cleared(await office.submitted(certificate))
    batch = await office.received()
    lines = await office.export(batch)
    answer = await office.bank_answers(batch, unknown(office, lines))
    assert answer.status_code == 201, answer.text
    assert (answer.json()["unknown_lines"], answer.json()["settled_lines"]) == (1, 0)
    return claim, batch, lines


async def found(office, batch, body=SETTLED, by=None):
    return await office.post(f"/batches/{batch['id']}/lines/1/findings", by or office.city, body)


async def decided(office, batch, finding, action="confirm", by=None):
    path = f"/batches/{batch['id']}/findings/{finding['id']}/{action}"
    reason = {"reason": "依据不足"} if action == "refuse" else None
    return await office.post(path, by or second(office), reason, finding["version"])


def second(office):
    return office.as_(Role.CITY_CENTRE, subject="city-b")


async def payable(office):
    return (await office.get("/ledger/report", office.city))["total"]["payable_fen"]


async def test_it_stays_payable_and_neither_settles_nor_fails_nor_is_drafted_again(office):
    claim, batch, _ = await unanswered(office)
    assert await office.state_of(claim) == "batched"
    assert (await office.get(f"/batches/{batch['id']}", office.city))["state"] == "exported"
    assert await payable(office) == 180000
    answer = await office.post("/batches", office.officer("releaser"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_pay")
    assert await office.emitted(ClaimPaid) == await office.emitted(ClaimPaymentFailed) == []


async def test_a_later_file_decides_and_a_waiting_finding_lapses(office):
    claim, batch, lines = await unanswered(office)
    finding = (await found(office, batch, FAILED)).json()
    assert (await office.bank_answers(batch, office.bank_answer(lines))).status_code == 201
    assert await office.state_of(claim) == "paid"
    assert len(await office.emitted(PaymentBatchSettled)) == 1
    [shown] = (await office.get(f"/batches/{batch['id']}/findings", office.officer()))["items"]
    assert shown["state"] == "lapsed"
    assert (await decided(office, batch, shown)).status_code == 409
    assert finding["id"] == shown["id"]


@pytest.mark.parametrize(
    ("body", "state", "occasion"), [(SETTLED, "paid", "settle"), (FAILED, "payment_failed", "fail")]
)
async def test_the_finding_of_one_person_confirmed_by_another_decides(office, body, state, occasion):
    claim, batch, _ = await unanswered(office)
    finding = (await found(office, batch, body)).json()
    assert await office.state_of(claim) == "batched"
    answer = await decided(office, batch, finding)
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed"), answer.text
    assert await office.state_of(claim) == state
    assert (await office.get(f"/batches/{batch['id']}", office.city))["state"] == "settled"
    entries = await office.get("/ledger/entries", office.city, claim_id=claim["id"], sort="id")
    assert [one["occasion"] for one in entries["items"]] == ["commit", "seal", occasion]
    assert await payable(office) == 0


async def test_nobody_confirms_their_own_finding(office):
    _, batch, _ = await unanswered(office)
    finding = (await found(office, batch)).json()
    answer = await decided(office, batch, finding, by=office.city)
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_two_accounts_of_one_person_are_one_pair_of_eyes(office):
    _, batch, _ = await unanswered(office)
    first = office.as_(Role.CITY_CENTRE, "approver", subject="city-a")
    other = office.as_(Role.CITY_CENTRE, "approver", subject="city-b")
    finding = (await found(office, batch, by=first)).json()
    answer = await decided(office, batch, finding, by=other)
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_a_refused_finding_leaves_the_line_unknown_for_another(office):
    claim, batch, _ = await unanswered(office)
    finding = (await found(office, batch)).json()
    waits = await found(office, batch, FAILED)
    assert (waits.status_code, waits.json()["code"]) == (409, "finding_waits")
    assert (await decided(office, batch, finding, "refuse")).json()["state"] == "refused"
    assert await office.state_of(claim) == "batched"
    assert (await found(office, batch, FAILED)).status_code == 201


async def test_a_line_with_a_known_result_takes_no_finding(office):
    await office.cleared()
    batch = await office.received()
    await office.export(batch)
    answer = await found(office, batch)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_finding_confirmed_and_answered_by_the_bank_at_once_takes_effect_once(office):
    claim, batch, lines = await unanswered(office)
    finding = (await found(office, batch)).json()
    answers = await asyncio.gather(
        decided(office, batch, finding), office.bank_answers(batch, office.bank_answer(lines))
    )
    assert Counter(answer.status_code < 400 for answer in answers) == {True: 1, False: 1}
    assert await office.state_of(claim) == "paid"
    assert len(await office.emitted(ClaimPaid)) == 1


async def test_a_certificate_revoked_meanwhile_is_recovered_once_it_is_known_to_be_paid(office):
    certificate = await office.certificate()
    claim, batch, _ = await unanswered(office, certificate)
    await office.revoke(certificate)
    assert await office.state_of(claim) == "batched"
    await decided(office, batch, (await found(office, batch)).json())
    assert len(await office.emitted(RecoveryOpened)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"result": "failed", "evidence": "经银行查复，未入账"},
        SETTLED | {"bank_code": "X"},
        SETTLED | {"result": "unknown"},
        {"result": "settled"},
    ],
)
async def test_a_finding_that_says_nothing_certain_is_refused(office, body):
    _, batch, _ = await unanswered(office)
    assert (await found(office, batch, body)).status_code == 422


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE line_findings SET result = 'failed', bank_code = 'X'",
        "UPDATE line_findings SET state = 'confirmed', decided_at = now(), decided_by = found_by",
        "DELETE FROM line_findings",
    ],
)
async def test_the_database_keeps_findings_and_asks_two_people(office, statement):
    _, batch, _ = await unanswered(office)
    await found(office, batch)
    with pytest.raises(Exception, match=r"can no longer be changed|two_people"):
        await office.sql(statement)
