"""A payment the bank refused is no dead end: another account or a withdrawal, and paid once (S10, S11)."""

import pytest
from chuangpei.events.subsidy import ClaimCleared, ClaimPaid

CARD = {"kind": "social_security_card"}
OTHER = {
    "kind": "other",
    "bank": "中国工商银行",
    "account_number": "6222021001999988887",
    "holder_name": "张三丰",
    "reason": "社保卡金融账户已注销",
}


async def refused(office, certificate=None):
    """A claim whose payment the bank refused, its batch, and the lines that were exported."""
    claim = await office.cleared(await office.submitted(certificate))
    batch = await office.received()
    lines = await office.export(batch)
    await office.bank_answers(batch, office.bank_answer(lines, failed={"1": "ACCT_CLOSED"}))
    shown = await office.shown(claim)
    assert shown["state"] == "payment_failed"
    return shown, batch, lines


async def renamed(office, claim, account=OTHER, who="holder", version=None):
    path = f"/claims/{claim['id']}/account"
    return await office.post(path, office.citizen(who), {"account": account}, version or claim["version"])


async def confirmed(office, claim, action="confirm-account", json=None, who="acceptor"):
    shown = await office.shown(claim)
    path = f"/claims/{claim['id']}/{action}"
    return await office.post(path, office.officer(who), json, shown["version"])


async def test_with_another_account_it_is_paid_in_the_next_batch_and_once(office):
    claim, first, old_lines = await refused(office)
    answer = await renamed(office, claim)
    assert (answer.status_code, answer.json()["state"]) == (200, "account_changed"), answer.text
    assert answer.json()["account_reason"] == OTHER["reason"]
    assert len(await office.emitted(ClaimCleared)) == 1
    assert (await confirmed(office, claim)).json()["state"] == "cleared"
    assert len(await office.emitted(ClaimCleared)) == 2
    batch = await office.received()
    [line] = await office.export(batch)
    assert (line["claim_id"], line["account_number"]) == (claim["id"], OTHER["account_number"])
    late = await office.bank_answers(first, office.bank_answer(old_lines))
    assert [error["code"] for error in late.json()["errors"]] == ["answered_before"]
    assert (await office.bank_answers(batch, office.bank_answer([line]))).status_code == 201
    assert await office.state_of(claim) == "paid"
    assert len(await office.emitted(ClaimPaid)) == 1
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1


async def test_what_answered_one_batch_does_not_answer_another(office):
    claim, _, lines = await refused(office)
    await renamed(office, claim, CARD)
    await confirmed(office, claim)
    second = await office.received()
    await office.export(second)
    unnumbered = [{name: cell for name, cell in line.items() if name != "batch_number"} for line in lines]
    content = office.bank_answer(unnumbered, failed={"1": "ACCT_CLOSED"})
    assert (await office.bank_answers(second, content)).status_code == 201
    await renamed(office, await office.shown(claim), CARD)
    await confirmed(office, claim)
    third = await office.received()
    await office.export(third)
    answer = await office.bank_answers(third, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "bank_file_refused"), answer.text
    assert await office.state_of(claim) == "batched"


async def test_it_may_be_withdrawn_and_leaves_its_place(office):
    claim, _, _ = await refused(office)
    answer = await office.step(claim, "withdraw", "holder")
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn"), answer.text
    assert await office.sql("SELECT 1 FROM reservations") == []


async def test_an_account_that_may_not_be_paid_to_is_refused(office):
    claim, _, _ = await refused(office)
    answer = await renamed(office, claim, OTHER | {"holder_name": "李四光"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_eligible")
    assert [finding["rule"] for finding in answer.json()["findings"]] == ["S11"]
    office.accounts.linked = False
    answer = await renamed(office, claim, CARD)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_eligible")


async def test_another_person_an_old_version_and_another_state_are_refused(office):
    claim, _, _ = await refused(office)
    assert (await renamed(office, claim, who="partner")).status_code == 404
    assert (await renamed(office, claim, version=1)).status_code == 412
    assert (await renamed(office, claim)).status_code == 200
    answer = await renamed(office, await office.shown(claim))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_certificate_revoked_after_the_change_stops_the_claim(office):
    certificate = await office.certificate()
    claim, _, _ = await refused(office, certificate)
    assert (await renamed(office, claim)).status_code == 200
    await office.revoke(certificate)
    assert await office.state_of(claim) == "stopped"
    answer = await office.post("/batches", office.officer("releaser"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_pay")


async def test_the_database_lets_no_other_claim_change_its_account(office):
    await office.cleared()
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql("UPDATE claims SET payee_encrypted = 'x', payee_digest = 'x'")


async def test_before_an_officer_has_confirmed_the_account_nothing_is_paid(office):
    claim, _, _ = await refused(office)
    await renamed(office, claim)
    answer = await office.post("/batches", office.officer("releaser"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_pay")


async def test_an_account_refused_by_the_officer_may_be_named_anew(office):
    claim, _, _ = await refused(office)
    await renamed(office, claim)
    answer = await confirmed(office, claim, "refuse-account", {"reason": "户名与身份不符"})
    assert (answer.status_code, answer.json()["state"]) == (200, "payment_failed"), answer.text
    assert (await renamed(office, await office.shown(claim), CARD)).status_code == 200
    assert (await confirmed(office, claim)).json()["state"] == "cleared"


@pytest.mark.parametrize("action", ["confirm-account", "refuse-account"])
async def test_nobody_confirms_the_account_of_their_own_claim(office, action):
    claim, _, _ = await refused(office)
    await renamed(office, claim)
    reason = {"reason": "户名不符"} if action == "refuse-account" else None
    answer = await confirmed(office, claim, action, reason, who="holder")
    assert (answer.status_code, answer.json()["code"]) == (409, "own_claim")
    assert await office.state_of(claim) == "account_changed"


async def test_it_may_be_withdrawn_while_the_account_waits_to_be_confirmed(office):
    claim, _, _ = await refused(office)
    await renamed(office, claim)
    answer = await office.step(await office.shown(claim), "withdraw", "holder")
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn"), answer.text
    assert await office.sql("SELECT 1 FROM reservations") == []
