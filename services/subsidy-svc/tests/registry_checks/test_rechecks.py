"""An approval rests on answers of the registries that are not too old (S01, S07, S11, D02)."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from chuangpei.kernel.refusals import Outcome
from subsidy_svc.policy.parameters import LawBook
from subsidy_svc.policy.rechecks import answer_age, ask_again_at
from subsidy_svc.registry_checks.use_cases import ask_due

LAW = LawBook.load().on(date(2026, 6, 1))


async def checks(office, claim, headers=None):
    found = await office.get(f"/claims/{claim['id']}/registry-checks", headers or office.officer())
    return found["checks"]


async def approve(office, claim):
    return await office.step(claim, "approve", "approver")


async def accepted_long_ago(office, days=6, who="holder"):
    claim = await office.accepted(await office.submitted(who=who))
    office.clock.advance(days=days)
    return claim


@pytest.mark.parametrize(("days", "outcome"), [(0, Outcome.PASSED), (5, Outcome.PASSED), (6, Outcome.FAILED)])
def test_an_answer_is_good_for_five_days(days, outcome):
    answered = date(2026, 6, 1)
    assert answer_age(answered, answered + timedelta(days=days), LAW).outcome is outcome


def test_a_registry_is_asked_again_after_as_long_as_it_was_away():
    since = datetime(2026, 6, 1, tzinfo=UTC)
    for away, wait in ((0, 60), (30, 60), (90, 90), (4000, 3600), (10**6, 3600)):
        now = since + timedelta(seconds=away)
        assert ask_again_at(since, now) - now == timedelta(seconds=wait)


async def test_what_was_answered_at_submission_is_good_for_an_approval_in_time(office):
    claim = await accepted_long_ago(office, days=5)
    asked = len(office.registry.asked)
    assert (await approve(office, claim)).status_code == 200
    assert len(office.registry.asked) == asked
    [check] = await checks(office, claim)
    assert (check["occasion"], check["checked_at"]) == ("submission", claim["submitted_at"])


async def test_an_older_answer_is_asked_for_anew_and_kept_with_the_claim(office):
    claim = await accepted_long_ago(office)
    answer = await approve(office, claim)
    assert (answer.status_code, answer.json()["state"]) == (200, "noticed")
    _, check = await checks(office, claim)
    assert (check["occasion"], check["checked_by"], check["away"]) == ("recheck", "approver", [])
    assert check["enterprise_at_day"]["status"] == "active"
    assert check["account"] == {"available": True, "own_name": True}
    assert {one["outcome"] for one in check["findings"]} == {"passed"}
    assert {one["rule"] for one in check["findings"]} == {"S01", "S11", "D02"}
    assert {on for _, _, on in office.registry.asked[-2:]} == {date(2026, 5, 1), date(2026, 6, 7)}
    mine = await checks(office, claim, office.citizen())
    assert [one["checked_by"] for one in mine] == [None, None]


async def test_what_the_registry_says_otherwise_now_stands_in_the_way_and_stays(office):
    claim = await accepted_long_ago(office)
    office.registry.roles = frozenset()
    refused = await approve(office, claim)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert {one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"} == {"S01"}
    assert await office.state_of(claim) == "accepted"
    assert (await checks(office, claim))[-1]["enterprise_at_reference"]["roles"] == []
    office.registry.roles = frozenset({"legal_representative"})
    assert (await approve(office, claim)).status_code == 200


async def test_a_firm_struck_off_since_is_told_to_the_officer_who_decides(office):
    claim = await accepted_long_ago(office)
    office.registry.roles_from = {date(2026, 6, 3): frozenset()}
    assert (await approve(office, claim)).status_code == 200
    warned = [one for one in (await checks(office, claim))[-1]["findings"] if one["outcome"] == "warned"]
    assert [one["rule"] for one in warned] == ["D02"]


@pytest.mark.parametrize("way", ["closed", "in another name", "another one"])
async def test_an_account_that_is_no_longer_the_claims_stands_in_the_way_until_it_is_changed(office, way):
    claim = await accepted_long_ago(office)
    if way == "closed":
        office.accounts.linked = False
    elif way == "in another name":
        office.accounts.holder = "李四光"
    else:
        office.accounts.numbers = {office.id_number("holder"): "6217001234567890"}
    refused = await approve(office, claim)
    assert [one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"] == ["S11"]
    office.accounts.linked, office.accounts.holder = True, None
    office.accounts.numbers = {office.id_number("holder"): "6217001234567890"}
    body = {"account": {"kind": "social_security_card"}}
    changed = await office.post(f"/claims/{claim['id']}/account", office.citizen(), body, claim["version"])
    assert (changed.status_code, changed.json()["state"]) == (200, "accepted"), changed.text
    assert changed.json()["account"].endswith("7890")
    assert (await approve(office, changed.json())).status_code == 200


async def test_another_account_named_with_a_reason_is_not_the_registrys_to_tell(office):
    other = {
        "kind": "other",
        "bank": "中国工商银行",
        "account_number": "6217001234567890",
        "holder_name": "张三丰",
        "reason": "社保卡金融账户未激活",
    }
    claim = (await office.claim(await office.certificate(), account=other)).json()
    claim = await office.accepted(claim)
    office.clock.advance(days=6)
    office.accounts.away = True
    assert (await approve(office, claim)).status_code == 200


async def test_while_a_registry_is_away_the_claim_waits_and_goes_on_by_itself(office):
    claim = await accepted_long_ago(office)
    office.registry.away = True
    refused = await approve(office, claim)
    assert (refused.status_code, refused.json()["code"]) == (409, "registry_answer_needed")
    shown = await office.shown(claim)
    assert shown["state"] == "accepted"
    assert shown["waiting_for_registry"]["registries"] == ["business_registry"]
    steps = await office.get(f"/claims/{claim['id']}/timeline", office.citizen())
    assert steps[-1]["zh"].startswith("登记系统暂时无法查询")
    office.registry.away = False
    office.clock.advance(hours=1)
    assert await ask_due(office.service) == 1
    shown = await office.shown(claim)
    assert (shown["waiting_for_registry"], shown["enterprise_name"]) == (None, "上海申创科技有限公司")
    assert (await approve(office, shown)).status_code == 200


async def test_who_may_not_approve_has_no_registry_checked_for_it(office):
    claim = await accepted_long_ago(office)
    refused = await office.step(claim, "approve", "acceptor")
    assert refused.json()["code"] == "four_eyes"
    assert await office.sql("SELECT 1 FROM registry_checks") == []


async def test_approving_many_times_at_once_after_a_recheck_approves_once(office):
    claim = await accepted_long_ago(office)
    answers = await asyncio.gather(*(approve(office, claim) for _ in range(8)))
    assert Counter(one.status_code for one in answers) == {200: 1, 412: 7}
    assert len(await office.sql("SELECT 1 FROM registry_checks")) == 1


async def test_an_officer_may_have_the_registries_asked_at_any_time_of_the_review(office):
    claim = await office.submitted()
    checked = await office.step(claim, "check-registries", "acceptor")
    assert (checked.status_code, checked.json()["version"]) == (200, claim["version"])
    assert [one["occasion"] for one in await checks(office, claim)] == ["submission", "recheck"]
    office.registry.away = True
    waits = await office.step(claim, "check-registries", "acceptor")
    assert waits.json()["waiting_for_registry"]["registries"] == ["business_registry"]
    office.registry.away = False
    noticed = await office.noticed(await office.submitted(who="partner"))
    assert (await office.step(noticed, "check-registries", "acceptor")).json()[
        "code"
    ] == "not_allowed_in_state"


async def test_nobody_has_their_own_claim_checked_and_other_districts_do_not_find_it(office):
    claim = await office.submitted()
    own = await office.step(claim, "check-registries", "holder")
    assert own.json()["code"] == "own_claim"
    for headers in (office.officer(district="310104"), office.citizen("partner")):
        path = f"/subsidy/v1/claims/{claim['id']}/registry-checks"
        assert (await office.http.get(path, headers=headers)).status_code == 404
    changed = claim | {"version": claim["version"] + 1}
    assert (await office.step(changed, "check-registries", "acceptor")).status_code == 412


async def test_what_the_registries_answered_is_never_changed(office):
    claim = await office.submitted()
    await office.step(claim, "check-registries", "acceptor")
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql("UPDATE registry_checks SET away = '{}'")
