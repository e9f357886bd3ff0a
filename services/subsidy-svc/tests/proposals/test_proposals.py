"""Proposals of changed parameters: drafted, published by another person, in force from a day (S02, D05)."""

import asyncio
from collections import Counter
from datetime import date

import pytest
from chuangpei.auth import Role
from chuangpei.events.subsidy import PolicyPublished
from chuangpei.testing.api import client
from subsidy_svc.app import assemble, create_api
from subsidy_svc.proposals.lifecycle import NEXT, State

AFTER = "2026-07-01"


async def test_a_draft_shows_each_change_beside_what_holds_today(office, centre):
    proposal = await centre.proposed()
    assert (proposal["state"], proposal["effective_from"], proposal["number"]) == ("draft", AFTER, None)
    assert proposal["changes"] == [
        {
            "parameter": "subsidy_fen",
            "unit": "fen",
            "rule": "S02",
            "value": 200000,
            "instead_of": 180000,
            "article": "沪人社规〔2027〕8号 一(二)",
        }
    ]
    assert (await office.get("/policy", on=AFTER))["version"] == (await office.get("/policy"))["version"]


@pytest.mark.parametrize(
    ("change", "effective_from", "pointer", "code"),
    [
        (("subsidy", "fen", 200000), AFTER, "/changes/0/parameter", "unknown"),
        (("subsidy_fen", "yuan", 2000), AFTER, "/changes/0/unit", "wrong_unit"),
        (("subsidies_per_person", "times", 4), AFTER, "/changes/0/value", "not_allowed"),
        (("claims_per_project", "times", 2), AFTER, "/changes/0/parameter", "fixed"),
        (("subsidy_fen", "fen", 200000), "2026-06-01", "/effective_from", "not_in_future"),
        (("subsidy_fen", "fen", 200000), "2031-01-01", "/effective_from", "no_law"),
    ],
)
async def test_a_proposal_that_may_not_be_is_refused_where_it_is_wrong(
    office, centre, change, effective_from, pointer, code
):
    body = centre.body(change, effective_from=effective_from)
    answer = await office.post("/proposals", centre.person(), body)
    assert (answer.status_code, answer.json()["code"]) == (422, "proposal_refused")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await office.sql("SELECT 1 FROM proposals") == []


@pytest.mark.parametrize("given", [{"changes": []}, {"title": " "}, {"effective_from": "soon"}, {"more": 1}])
async def test_a_body_that_is_none_is_refused(office, centre, given):
    answer = await office.post("/proposals", centre.person(), centre.body() | given)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_what_is_published_holds_from_its_day_and_leaves_the_days_before(office, centre):
    before = await office.get("/policy", on="2026-06-30")
    published = await centre.published()
    assert (published["state"], published["number"], published["published_by"]) == (
        "published",
        1,
        "approver",
    )
    assert await office.get("/policy", on="2026-06-30") == before | {"until": "2026-06-30"} | {
        "parameters": [
            one | ({"until": "2026-06-30"} if one["name"] == "subsidy_fen" else {})
            for one in before["parameters"]
        ]
    }
    after = await office.get("/policy", on=AFTER)
    assert after["version"] != before["version"]
    [amount] = [one for one in after["parameters"] if one["name"] == "subsidy_fen"]
    assert (amount["value"], amount["since"], amount["until"]) == (200000, AFTER, "2030-12-31")
    assert amount["article"] == "沪人社规〔2027〕8号 一(二)"


async def test_the_event_tells_what_changes_and_the_version_of_the_law_to_come(office, centre):
    published = await centre.published()
    [event] = await office.emitted(PolicyPublished)
    assert (str(event.proposal_id), event.number, event.effective_from, event.published_on) == (
        published["id"],
        1,
        date(2026, 7, 1),
        date(2026, 6, 1),
    )
    [change] = event.changes
    assert (change.parameter, change.value, change.rule) == ("subsidy_fen", 200000, "S02")
    assert event.policy_version == (await office.get("/policy", on=AFTER))["version"]


async def test_a_certificate_goes_by_the_law_of_its_own_day(office, centre):
    await centre.published(("subsidy_fen", "fen", 200000), ("window_months", "months", 6))
    office.clock.set(office.clock.on(date(2026, 7, 2)).now())
    earlier = await office.certificate(issued_on=date(2026, 6, 30))
    later = await office.certificate(issued_on=date(2026, 7, 1), project="P2")
    assert [(await office.submitted(one))["amount_fen"] for one in (earlier, later)] == [180000, 200000]
    windows = (await office.get("/windows", office.citizen()))["items"]
    last = {one["project_code"]: one["last_day"] for one in windows}
    assert last == {"GYB": "2027-06-30", "P2": "2027-01-01"}


async def test_whose_fault_frees_a_place_goes_by_the_law_of_the_certificates_day(office, centre):
    await centre.published(("faults_freeing_place", "choice", []))
    office.clock.set(office.clock.on(date(2026, 7, 2)).now())
    [shown] = [
        one
        for one in (await office.get("/policy", on="2026-07-01"))["parameters"]
        if one["name"] == "faults_freeing_place"
    ]
    assert (shown["value"], shown["rule"], shown["since"]) == ([], "D03", "2026-07-01")
    for number, (issued_on, places) in enumerate(((date(2026, 6, 30), 0), (date(2026, 7, 1), 1))):
        who = ("holder", "partner")[number]
        claim = await office.paid(await office.certificate(who=who, issued_on=issued_on), who)
        body = {
            "claim_id": claim["id"],
            "fault": "office_error",
            "institution_took_part": False,
            "statement": "经办机构认定有误",
        }
        finding = (await office.post("/fault-findings", office.officer(), body)).json()
        path = f"/fault-findings/{finding['id']}/confirm"
        assert (await office.post(path, office.city, None, finding["version"])).status_code == 200
        taken = await office.sql("SELECT 1 FROM reservations WHERE claim_id = $1", office.uuid(claim))
        assert len(taken) == places


async def test_a_decision_as_of_another_law_shows_the_difference(office, centre):
    claim = await office.submitted()
    await centre.published(("start_up_years", "years", 1))
    found = await office.get(f"/claims/{claim['id']}/decision", office.officer(), as_of=AFTER)
    assert (found["eligible"], found["amount_fen"], found["differs"]) == (False, 0, True)
    [difference] = found["differences"]
    assert (difference["recorded"]["outcome"], difference["now"]["outcome"]) == ("passed", "failed")
    assert found["recorded"]["policy_version"] != found["policy_version"]
    assert (await office.get(f"/claims/{claim['id']}/decision", office.officer()))["differs"] is False


async def test_every_running_process_goes_by_what_another_published(office, centre):
    other = assemble(
        office.service.settings,
        clock=office.clock,
        verifier=office.service.verifier,
        registry=office.registry,
        accounts=office.accounts,
    )
    await other.database.open()
    assert other.law.on(date(2026, 7, 1)).subsidy_fen == 180000
    await centre.published()
    office.clock.advance(days=40)
    certificate = await office.certificate(issued_on=date(2026, 7, 5))
    elsewhere = type(office)(
        other, office.http, office.clock, office.issuer, create_api(other), office.registry, office.accounts
    )
    async with client(elsewhere.app) as http:
        elsewhere.http = http
        assert (await elsewhere.submitted(certificate))["amount_fen"] == 200000
    await other.database.close()


async def test_who_proposed_does_not_publish_not_even_by_another_account(office, centre):
    tried = await centre.tried()
    answer = await centre.step(tried, "publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")
    same_person = office.as_(Role.CITY_CENTRE, "acceptor", subject="second-account")
    answer = await office.post(f"/proposals/{tried['id']}/publish", same_person, None, tried["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")
    assert (await centre.shown(tried))["state"] == "tried"


async def test_nothing_is_published_untried(centre):
    answer = await centre.step(await centre.proposed(), "publish", "approver")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_proposal_whose_day_has_come_meanwhile_is_too_late(office, centre):
    tried = await centre.tried()
    office.clock.advance(days=30)
    answer = await centre.step(tried, "publish", "approver")
    assert (answer.status_code, answer.json()["code"]) == (422, "proposal_refused")
    assert [one["code"] for one in answer.json()["errors"]] == ["not_in_future"]
    assert (await centre.shown(tried))["state"] == "tried"


async def test_what_was_tried_on_an_older_law_is_tried_again_before_it_is_published(centre):
    first, second = await centre.tried(), await centre.tried(("window_months", "months", 18))
    assert (await centre.step(first, "publish", "approver")).status_code == 200
    answer = await centre.step(second, "publish", "approver")
    assert (answer.status_code, answer.json()["code"]) == (409, "law_changed")
    again = await centre.on_trial(await centre.shown(second))
    await centre.work()
    published = await centre.step(await centre.shown(again), "publish", "approver")
    assert (published.status_code, published.json()["number"]) == (200, 2)


async def test_a_later_publication_for_the_same_day_takes_the_place_of_the_earlier(office, centre):
    await centre.published()
    second = await centre.published(("subsidy_fen", "fen", 210000))
    assert second["changes"][0]["instead_of"] == 180000  # until the day before
    [amount] = [
        one for one in (await office.get("/policy", on=AFTER))["parameters"] if one["name"] == "subsidy_fen"
    ]
    assert amount["value"] == 210000


async def test_of_two_published_at_once_one_is(office, centre):
    both = [await centre.tried(), await centre.tried(("subsidy_fen", "fen", 190000))]
    answers = await asyncio.gather(*(centre.step(one, "publish", "approver") for one in both))
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 1}
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"law_changed"}
    assert len(await office.emitted(PolicyPublished)) == 1


async def test_published_by_two_people_at_once_it_is_published_once(office, centre):
    tried = await centre.tried()
    answers = await asyncio.gather(
        *(centre.step(tried, "publish", who) for who in ("approver", "releaser") * 3)
    )
    assert Counter(one.status_code for one in answers) == {200: 1, 412: 5}
    assert len(await office.emitted(PolicyPublished)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE proposals SET changes = '[]'",
        "UPDATE proposals SET effective_from = DATE '2026-06-02'",
        "UPDATE proposals SET reason = 'x', state = 'withdrawn'",
        "DELETE FROM proposals",
        "DELETE FROM proposal_effects",
    ],
)
async def test_what_is_published_can_no_longer_be_changed(office, centre, change):
    await centre.published()
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql(change)


async def test_the_database_refuses_a_day_that_has_begun_and_a_single_pair_of_eyes(office, centre):
    await centre.tried()
    publish = (
        "UPDATE proposals SET state = 'published', number = 1, published_by = $1, published_at = now(),"
        " published_on = $2"
    )
    with pytest.raises(Exception, match="ck_proposals_effective_from"):
        await office.sql(publish, "approver", date(2026, 7, 1))
    with pytest.raises(Exception, match="ck_proposals_four_eyes"):
        await office.sql(publish, "acceptor", date(2026, 6, 1))


async def test_a_withdrawn_proposal_says_why_and_goes_no_further(centre):
    proposal = await centre.proposed()
    withdrawn = (await centre.step(proposal, "withdraw", json={"reason": "财政部门未同意"})).json()
    assert (withdrawn["state"], withdrawn["reason"]) == ("withdrawn", "财政部门未同意")
    answer = await centre.step(withdrawn, "trial")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_an_older_version_is_refused(centre):
    proposal = await centre.proposed()
    await centre.on_trial(proposal)
    assert (await centre.step(proposal, "trial")).status_code == 412


async def test_the_list_filters_sorts_and_pages_and_leaves_as_a_file(office, centre):
    later = await centre.proposed(effective_from="2027-01-01")
    earlier = await centre.proposed()
    withdrawn = await centre.step(await centre.proposed(), "withdraw", json={"reason": "重复"})
    people = centre.person()
    drafts = await office.get("/proposals", people, state="draft", sort="effective_from", limit=1)
    assert [one["id"] for one in drafts["items"]] == [earlier["id"]]
    rest = await office.get(
        "/proposals", people, state="draft", sort="effective_from", limit=1, cursor=drafts["next_cursor"]
    )
    assert [one["id"] for one in rest["items"]] == [later["id"]]
    newest = (await office.get("/proposals", people))["items"]
    assert [one["id"] for one in newest] == [withdrawn.json()["id"], earlier["id"], later["id"]]
    for kind, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        file = await office.http.get("/subsidy/v1/proposals/export", params={"format": kind}, headers=people)
        assert file.status_code == 200
        assert file.content.startswith(begins)


def test_a_proposal_always_ends_published_or_withdrawn():
    reached = set(NEXT.values())
    going_on = {before for before, _ in NEXT}
    assert reached - going_on == {State.PUBLISHED, State.WITHDRAWN}
    assert set(State) - reached == {State.DRAFT}
