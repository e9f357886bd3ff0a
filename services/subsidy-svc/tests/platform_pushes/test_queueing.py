"""Each change of state of a claim that came through the platform is queued, once, with the step itself."""

import asyncpg
import pytest
from chuangpei.testing.api import key

ARTICLE = "沪人社规〔2025〕30号 一(二)"


async def stepped(office, claim, action, who, json=None):
    answer = await office.step(claim, action, who, json)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def pays(office, claim, failed=None):
    batch = await office.received()
    lines = await office.export(batch)
    answer = await office.bank_answers(batch, office.bank_answer(lines, failed))
    assert answer.status_code == 201, answer.text
    return await office.shown(claim)


async def to_payment(office, claim):
    return await pays(office, await office.cleared(claim))


async def by_another_account(office, claim):
    failed = await pays(office, await office.cleared(claim), {"1": "CLOSED"})
    for action, headers, body in [
        ("account", office.citizen(), {"account": {"kind": "social_security_card"}}),
        ("refuse-account", office.officer(), {"reason": "户名不符"}),
        ("account", office.citizen(), {"account": {"kind": "social_security_card"}}),
        ("confirm-account", office.officer("approver"), None),
    ]:
        answer = await office.post(f"/claims/{claim['id']}/{action}", headers, body, failed["version"])
        assert answer.status_code == 200, answer.text
        failed = answer.json()


async def by_a_supplement(office, claim):
    missing = {"missing": [{"field": "role", "text": "请提供股东名册"}]}
    asked = await stepped(office, claim, "ask-supplement", "acceptor", missing)
    answers = {"answers": [{"field": "role", "text": "股东名册见附件"}]}
    given = await office.post(
        f"/claims/{claim['id']}/give-supplement", office.citizen(), answers, asked["version"]
    )
    assert given.status_code == 200, given.text


async def by_decisions_undone(office, claim):
    refusal = {"reason": "认定有误", "article": ARTICLE}
    claim = await stepped(office, claim, "not-accept", "acceptor", refusal)
    claim = await stepped(office, claim, "undo", "approver", {"reason": "引用有误"})
    claim = await stepped(office, claim, "accept", "acceptor")
    claim = await stepped(office, claim, "reject", "approver", refusal)
    await stepped(office, claim, "undo", "acceptor", {"reason": "引用有误"})


async def by_withdrawing(office, claim):
    await stepped(office, claim, "withdraw", "holder")


async def by_an_objection(office, claim, verdict="dismiss"):
    await office.noticed(claim)
    objections = [await office.objected(claim) for _ in range(2)]
    for one in objections if verdict == "dismiss" else objections[:1]:
        await office.decided(one, verdict)


async def by_an_objection_upheld(office, claim):
    await by_an_objection(office, claim, "uphold")


LIVES = {
    "paid": (to_payment, "paid"),
    "another account": (by_another_account, "cleared"),
    "a supplement": (by_a_supplement, "submitted"),
    "decisions undone": (by_decisions_undone, "accepted"),
    "withdrawn": (by_withdrawing, "withdrawn"),
    "objections dismissed": (by_an_objection, "noticed"),
    "an objection upheld": (by_an_objection_upheld, "stopped"),
}


@pytest.mark.parametrize("life", LIVES)
async def test_every_change_of_state_is_queued_once_and_in_order(office, apply, pushes, life):
    live, last = LIVES[life]
    claim = await apply()
    await live(office, claim)
    changes = await office.sql(
        "SELECT to_state, at, reason FROM audit_log WHERE object_type = 'claim' AND object_id = $1"
        " AND from_state IS DISTINCT FROM to_state ORDER BY id",
        claim["id"],
    )
    queued = await pushes()
    assert [one["claim_state"] for one in queued] == [change["to_state"] for change in changes]
    assert [one["changed_at"] for one in queued] == [change["at"] for change in changes]
    assert queued[-1]["claim_state"] == last
    assert {(one["state"], one["attempts"]) for one in queued} == {("waiting", 0)}


async def test_a_revoked_certificate_is_told_with_its_reason(office, apply, pushes):
    certificate = await office.certificate()
    await office.noticed(await apply(certificate=certificate))
    await office.revoke(certificate)
    last = (await pushes())[-1]
    assert (last["claim_state"], last["reason"]) == (
        "stopped",
        "certificate revoked: fraud_in_evaluation",
    )


async def test_a_recalled_line_that_was_not_paid_is_told_as_stopped(office, apply, pushes):
    certificate = await office.certificate()
    await office.cleared(await apply(certificate=certificate))
    batch = await office.received()
    lines = await office.export(batch)
    await office.revoke(certificate)
    await office.bank_answers(batch, office.bank_answer(lines, {"1": "CLOSED"}))
    assert (await pushes())[-1]["claim_state"] == "stopped"


async def test_a_draft_through_the_platform_is_queued_when_it_is_submitted(office, pushes):
    body = office.claim_body(await office.certificate(), channel="web", case_number="SH00FW20260601000001")
    draft = (await office.post("/claim-drafts", office.citizen(), body)).json()
    assert await pushes() == []
    headers = office.citizen() | key() | {"if-match": '"1"'}
    answer = await office.http.post(f"/subsidy/v1/claim-drafts/{draft['id']}/submit", headers=headers)
    assert answer.status_code == 201, answer.text
    [queued] = await pushes()
    assert (str(queued["claim_id"]), queued["claim_state"]) == (answer.json()["id"], "submitted")


async def test_a_refusal_put_right_is_told_again(office, apply, pushes):
    refusal = {"reason": "材料不符", "article": ARTICLE}
    claim = await stepped(office, await apply(), "not-accept", "acceptor", refusal)
    amendment = {
        "decision_reason": "企业登记已满三年",
        "decision_article": ARTICLE,
        "reason": "引用有误",
    }
    await stepped(office, claim, "amend", "approver", amendment)
    told = [(one["claim_state"], one["reason"]) for one in await pushes()]
    assert told[1:] == [("not_accepted", "材料不符"), ("not_accepted", "企业登记已满三年")]


async def test_taking_a_case_changes_no_state_and_is_not_told(office, apply, pushes):
    claim = await apply()
    await stepped(office, claim, "take", "acceptor")
    assert [one["claim_state"] for one in await pushes()] == ["submitted"]


async def test_a_step_that_is_refused_queues_nothing(office, apply, pushes):
    claim = await apply()
    answer = await office.step(claim | {"version": 9}, "accept", "acceptor")
    assert answer.status_code == 412
    assert [one["claim_state"] for one in await pushes()] == ["submitted"]


async def test_an_application_sent_twice_is_queued_once(office, pushes):
    body = office.claim_body(await office.certificate(), case_number="SH00FW20260601000001")
    headers = office.citizen() | key()
    for _ in range(2):
        answer = await office.http.post("/subsidy/v1/claims", json=body, headers=headers)
        assert answer.status_code == 201
    assert len(await pushes()) == 1


async def test_a_change_that_the_platform_is_not_told_of_cannot_be_committed(office, apply, pushes):
    claim = await apply()
    change = "UPDATE claims SET state = 'withdrawn', due_on = NULL, version = version + 1 WHERE id = $1"
    with pytest.raises(asyncpg.RestrictViolationError, match="not told of this change"):
        await office.sql(change, office.uuid(claim))
    assert await office.state_of(claim) == "submitted"
    other = await office.submitted(who="partner")
    await office.sql(change, office.uuid(other))
    assert await office.state_of(other) == "withdrawn"


async def test_claims_that_came_otherwise_are_told_to_nobody(office, apply, pushes):
    await to_payment(office, await office.submitted(who="partner"))
    assert await pushes() == []


async def test_in_one_batch_only_those_of_the_platform_are_told(office, apply, pushes):
    mine, other = (
        await office.noticed(await apply()),
        await office.noticed(await office.submitted(who="partner")),
    )
    office.clock.advance(days=10)
    assert await office.clear_due() == 2
    await pays(office, other)
    assert (await office.shown(other))["state"] == "paid"
    queued = await pushes()
    assert {str(one["claim_id"]) for one in queued} == {mine["id"]}
    assert [one["claim_state"] for one in queued][-2:] == ["cleared", "paid"]
