"""A claim made while a registry is away counts from its day, waits, says so, and goes on (S01, S11)."""

import asyncio
import io
from datetime import date
from uuid import UUID

import pytest
from chuangpei.events.subsidy import ClaimSubmitted
from chuangpei.testing.api import key
from pypdf import PdfReader
from subsidy_svc.registry_checks.use_cases import ask_due


async def waiting(office, *, business=False, accounts=False, **given):
    """A claim submitted while registries are away."""
    certificate = await office.certificate()
    office.registry.away, office.accounts.away = business, accounts
    answer = await office.claim(certificate, **given)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def back(office):
    """The registries are there again, and the time has come to ask them."""
    office.registry.away = office.accounts.away = False
    office.clock.advance(hours=1)
    return await ask_due(office.service)


def outcomes(claim):
    return {one["outcome"] for one in claim["findings"]}


@pytest.mark.parametrize(
    ("away", "registries", "unknown"),
    [
        ({"business": True}, ["business_registry"], ["enterprise_name"]),
        ({"accounts": True}, ["account_registry"], ["account"]),
        (
            {"business": True, "accounts": True},
            ["account_registry", "business_registry"],
            ["enterprise_name", "account"],
        ),
    ],
)
async def test_a_claim_is_taken_while_a_registry_is_away_and_says_what_it_waits_for(
    office, away, registries, unknown
):
    claim = await waiting(office, **away)
    assert (claim["state"], claim["waiting_for_registry"]["registries"]) == ("submitted", registries)
    assert claim["waiting_for_registry"]["since"] == claim["submitted_at"]
    assert "申请日不变" in claim["waiting_for_registry"]["zh"]
    assert {name for name in ("enterprise_name", "account") if claim[name] is None} == set(unknown)
    assert outcomes(await office.shown(claim)) == {"passed", "awaited"}
    assert len(await office.emitted(ClaimSubmitted)) == 1
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1


async def test_it_is_told_in_timeline_explanation_and_queue(office):
    claim = await waiting(office, business=True)
    [step] = await office.get(f"/claims/{claim['id']}/timeline", office.citizen())
    assert "市场主体登记系统暂时无法查询" in step["zh"]
    explained = await office.get(f"/claims/{claim['id']}/explanation", office.citizen())
    assert "市场主体登记系统暂时无法查询" in explained["decided"]["zh"]
    assert "the business registry" in explained["decided"]["en"]
    [case] = (await office.get("/review-queue", office.officer(), waiting=True))["items"]
    assert case["waiting_for_registry"]["registries"] == ["business_registry"]
    assert (await office.get("/review-queue", office.officer(), waiting=False))["items"] == []
    export = await office.http.get("/subsidy/v1/review-queue/export", headers=office.officer())
    assert "business_registry" in export.text


async def test_its_explanation_is_printed_while_it_waits(office):
    claim = await waiting(office, business=True, accounts=True)
    path = f"/subsidy/v1/claims/{claim['id']}/explanation.pdf"
    answer = await office.http.get(path, headers=office.citizen())
    assert answer.status_code == 200, answer.text
    text = "".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    assert "待核查" in text
    assert "申请日不变" in text


async def test_once_the_registry_answers_the_claim_goes_on_as_of_its_day(office):
    claim = await waiting(office, business=True)
    office.clock.advance(days=400)
    assert await back(office) == 1
    shown = await office.shown(claim)
    assert shown["waiting_for_registry"] is None
    assert outcomes(shown) == {"passed"}
    assert shown["enterprise_name"] == "上海申创科技有限公司"
    assert {on for _, _, on in office.registry.asked[-2:]} == {date(2026, 5, 1), date(2026, 6, 1)}
    steps = await office.get(f"/claims/{claim['id']}/timeline", office.citizen())
    assert steps[-1]["zh"] == "登记系统已答复，继续办理"
    [check] = (await office.get(f"/claims/{claim['id']}/registry-checks", office.officer()))["checks"]
    assert (check["occasion"], check["away"], check["checked_by"]) == ("application", [], "system")
    assert check["enterprise_at_reference"]["roles"] == ["legal_representative"]


async def test_the_account_that_the_registry_tells_later_is_the_one_that_is_paid(office):
    claim = await waiting(office, accounts=True)
    await back(office)
    shown = await office.shown(claim)
    assert shown["account"] == "中国银行 ***************4455"
    assert (await office.noticed(shown))["state"] == "noticed"


async def test_nothing_is_approved_while_the_claim_waits(office):
    claim = await office.accepted(await waiting(office, business=True))
    office.registry.away = False
    answer = await office.step(claim, "approve", "approver")
    assert (answer.status_code, answer.json()["code"]) == (409, "registry_answer_needed")
    [finding] = answer.json()["findings"]
    assert (finding["rule"], finding["outcome"]) == ("S07", "awaited")
    assert "市场主体登记系统" in finding["zh"]
    await back(office)
    assert (await office.step(await office.shown(claim), "approve", "approver")).status_code == 200


async def test_the_database_lets_no_claim_be_approved_while_it_waits(office):
    await office.accepted(await waiting(office, business=True))
    with pytest.raises(Exception, match="approved_on_answers"):
        await office.sql(
            "UPDATE claims SET state = 'noticed', approved_by = 'x', due_on = NULL,"
            " notice_last_day = '2026-06-08', fund_year = 2026"
        )


async def test_a_late_answer_that_does_not_bear_the_claim_is_for_an_officer_to_decide_on(office):
    claim = await office.accepted(await waiting(office, business=True))
    office.registry.roles = frozenset()
    await back(office)
    shown = await office.shown(claim)
    assert (shown["state"], "failed" in outcomes(shown)) == ("accepted", True)
    refused = await office.step(shown, "approve", "approver")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert "S01" in {one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"}
    rejected = await office.step(shown, "reject", "approver", {"reason": "基准日无身份"})
    assert rejected.json()["state"] == "rejected"


async def test_an_enterprise_nobody_knows_is_a_late_finding_and_may_be_corrected(office):
    claim = await office.accepted(await waiting(office, business=True))
    known, office.registry.known = office.registry.known, frozenset()
    await back(office)
    shown = await office.shown(claim)
    assert (shown["enterprise_name"], shown["waiting_for_registry"]) == (None, None)
    office.registry.known = known
    checked = await office.step(shown, "check-registries", "approver")
    assert checked.json()["enterprise_name"] == "上海申创科技有限公司"
    assert (await office.step(checked.json(), "approve", "approver")).status_code == 200


async def test_an_account_opened_since_completes_the_claim_as_it_is_approved(office):
    claim = await office.accepted(await waiting(office, accounts=True))
    office.accounts.linked = False
    await back(office)
    shown = await office.shown(claim)
    assert (await office.step(shown, "approve", "approver")).json()["code"] == "not_eligible"
    office.accounts.linked = True
    shown = await office.shown(claim)
    approved = (await office.step(shown, "approve", "approver")).json()
    assert (approved["state"], approved["account"]) == ("noticed", "中国银行 ***************4455")
    assert approved["version"] == (await office.shown(claim))["version"]


async def test_an_account_named_while_the_registry_answers_is_not_overwritten(office):
    claim = await waiting(office, accounts=True)
    office.accounts.away = False
    office.clock.advance(hours=1)
    other = {
        "kind": "other",
        "bank": "中国工商银行",
        "account_number": "6217001234567890",
        "holder_name": "张三丰",
        "reason": "社保卡金融账户未激活",
    }
    path = f"/claims/{claim['id']}/account"
    changed, _ = await asyncio.gather(
        office.post(path, office.citizen(), {"account": other}, claim["version"]), ask_due(office.service)
    )
    await back(office)
    shown = await office.shown(claim)
    named = "other" if changed.status_code == 200 else "social_security_card"
    assert (shown["account_kind"], shown["waiting_for_registry"]) == (named, None)
    assert shown["account"].endswith("7890" if named == "other" else "4455")
    assert outcomes(shown) == {"passed"}


async def test_what_is_known_to_fail_is_refused_at_once_whichever_registry_is_away(office):
    office.accounts.away = True
    office.registry.roles = frozenset()
    refused = await office.claim(await office.certificate())
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert "awaited" in {one["outcome"] for one in refused.json()["findings"]}
    assert await office.sql("SELECT 1 FROM claims") == []


async def test_sent_again_it_is_answered_alike_and_takes_one_place(office):
    certificate = await office.certificate()
    office.registry.away = True
    headers, body = office.citizen() | key(), office.claim_body(certificate)
    first, again = [
        await office.http.post("/subsidy/v1/claims", json=body, headers=headers) for _ in range(2)
    ]
    assert (first.status_code, again.content) == (201, first.content)
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1
    other = await office.claim(certificate)
    assert [f["rule"] for f in other.json()["findings"] if f["outcome"] == "failed"] == ["S03"]


async def test_while_it_stays_away_it_is_asked_less_and_less_often_at_least_every_hour(office):
    claim = await waiting(office, business=True)
    begun, seen = office.clock.now(), []
    for _ in range(12):
        [row] = await office.sql("SELECT ask_again_at FROM claims")
        seen.append((row["ask_again_at"] - office.clock.now()).total_seconds())
        office.clock.set(row["ask_again_at"])
        assert await ask_due(office.service) == 1
        assert await ask_due(office.service) == 0
    assert seen[:4] == [60, 60, 120, 240]
    assert (seen[-1], max(seen)) == (3600, 3600)
    shown = await office.shown(claim)
    assert shown["version"] == claim["version"]
    assert shown["waiting_for_registry"]["since"].startswith(begun.strftime("%Y-%m-%dT%H:%M"))


async def test_when_one_of_two_registries_is_back_it_waits_for_the_other_alone(office):
    claim = await waiting(office, business=True, accounts=True)
    office.registry.away = False
    office.clock.advance(hours=1)
    await ask_due(office.service)
    waits = (await office.shown(claim))["waiting_for_registry"]
    assert (waits["registries"], waits["since"]) == (["account_registry"], claim["submitted_at"])


async def test_several_workers_at_once_let_it_go_on_once(office):
    claim = await waiting(office, business=True)
    office.registry.away = False
    office.clock.advance(hours=1)
    await asyncio.gather(*(ask_due(office.service) for _ in range(5)))
    assert len(await office.sql("SELECT 1 FROM registry_checks")) == 1
    assert (await office.shown(claim))["version"] == claim["version"] + 1


@pytest.mark.parametrize("action", ["withdraw", "not-accept"])
async def test_a_claim_that_ended_waits_no_more(office, action):
    claim = await waiting(office, business=True)
    body = {"reason": "不属于补贴对象", "article": "沪人社规〔2025〕30号"} if action == "not-accept" else None
    who = "holder" if action == "withdraw" else "acceptor"
    ended = (await office.step(claim, action, who, body)).json()
    assert ended["waiting_for_registry"] is None
    assert await office.sql("SELECT 1 FROM reservations") == []
    assert await back(office) == 0


async def test_a_claim_restored_by_undoing_waits_again(office):
    claim = await waiting(office, business=True)
    reason = {"reason": "不属于补贴对象", "article": "沪人社规〔2025〕30号"}
    refused = (await office.step(claim, "not-accept", "acceptor", reason)).json()
    restored = (await office.step(refused, "undo", "approver", {"reason": "认定有误"})).json()
    assert restored["waiting_for_registry"]["registries"] == ["business_registry"]
    assert await back(office) == 1
    assert outcomes(await office.shown(claim)) == {"passed"}


async def test_withdrawing_while_the_registry_answers_leaves_one_outcome(office):
    claim = await waiting(office, business=True)
    office.registry.away = False
    office.clock.advance(hours=1)
    withdrawn, _ = await asyncio.gather(office.step(claim, "withdraw", "holder"), ask_due(office.service))
    state = await office.state_of(claim)
    assert (withdrawn.status_code, state) in [(200, "withdrawn"), (412, "submitted")]


async def test_a_claim_at_the_counter_is_taken_too(office):
    certificate = await office.certificate()
    office.accounts.away = True
    body = {
        "certificate_number": certificate.number,
        "id_number": office.id_number("holder"),
        "enterprise_credit_code": office.claim_body(certificate)["enterprise_credit_code"],
        "account": {"kind": "social_security_card"},
    }
    answer = await office.post("/claims/counter", office.officer(), body)
    assert answer.json()["waiting_for_registry"]["registries"] == ["account_registry"]


async def test_the_decision_of_a_waiting_claim_can_be_run_again(office):
    claim = await waiting(office, business=True)
    decision = await office.get(f"/claims/{claim['id']}/decision", office.citizen())
    assert (decision["eligible"], decision["differs"]) == (True, False)
    assert UUID(decision["claim_id"]) == UUID(claim["id"])
