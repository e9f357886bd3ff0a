"""Trying a proposal on past claims: who would be granted how much more or less, by district (S01–S05)."""

import asyncio
from datetime import date

import pytest
from subsidy_svc.proposals import trial
from subsidy_svc.proposals.trial import try_due

XUHUI = "310104"


async def test_a_higher_amount_is_more_for_everybody_by_district(office, centre):
    here = await office.submitted()
    there = await office.submitted(await office.certificate(who="partner", district=XUHUI), "partner")
    found = await centre.tried()
    assert found["state"] == "tried"
    assert found["districts"] == [
        {"district": XUHUI, "claims": 1, "more_fen": 20000, "less_fen": 0, "no_longer_eligible": 0},
        {"district": "310115", "claims": 1, "more_fen": 20000, "less_fen": 0, "no_longer_eligible": 0},
    ]
    assert found["difference_fen"] == 40000
    effects = await centre.effects(found)
    assert [one["claim_id"] for one in effects] == [here["id"], there["id"]]
    assert effects[0] == {
        "claim_id": here["id"],
        "district": "310115",
        "was_fen": 180000,
        "would_be_fen": 200000,
        "difference_fen": 20000,
        "failing_rules": [],
        "assumed": False,
    }


async def test_a_stricter_rule_names_who_would_be_refused_and_by_which_rule(office, centre):
    office.registry.registered_on = date(2024, 5, 10)
    old = await office.submitted()
    office.registry.registered_on = date(2026, 1, 10)
    await office.submitted(await office.certificate(who="partner"), "partner")
    found = await centre.tried(("start_up_years", "years", 1))
    [effect] = await centre.effects(found)
    assert (effect["claim_id"], effect["would_be_fen"], effect["failing_rules"]) == (old["id"], 0, ["S01"])
    assert found["districts"][0]["less_fen"] == 180000
    assert found["districts"][0]["no_longer_eligible"] == 1
    assert found["difference_fen"] == -180000


async def test_a_shorter_window_refuses_who_came_later_than_it_would_have_been(office, centre):
    early = await office.certificate()
    late = await office.certificate(who="partner")
    await office.submitted(early)
    office.clock.set(office.clock.on(date(2027, 1, 4)).now())
    claim = await office.submitted(late, "partner")
    found = await centre.tried(("window_months", "months", 6), effective_from="2027-07-01")
    assert [one["claim_id"] for one in await centre.effects(found)] == [claim["id"]]


async def test_a_role_nobody_asked_about_is_said_to_be_assumed(office, centre):
    office.registry.registered_on = date(2023, 5, 10)
    await office.submitted()
    found = await centre.tried(("reference_date", "choice", "issue"))
    [effect] = await centre.effects(found)
    assert (effect["failing_rules"], effect["assumed"]) == (["S01"], True)


async def test_what_ended_unpaid_is_not_counted_and_what_was_paid_is(office, centre):
    paid = await office.cleared()
    withdrawn = await office.submitted(await office.certificate(who="partner"), "partner")
    await office.step(withdrawn, "withdraw", "partner")
    batch = await office.received()
    await office.bank_answers(batch, office.bank_answer(await office.export(batch)))
    assert await office.state_of(paid) == "paid"
    found = await centre.tried()
    assert [one["claim_id"] for one in await centre.effects(found)] == [paid["id"]]
    assert found["trial"]["claims_total"] == 1


async def test_nothing_of_a_claim_is_touched(office, centre):
    await office.submitted()
    before = await office.sql("SELECT c::text FROM claims c")
    await centre.tried()
    assert await office.sql("SELECT c::text FROM claims c") == before


async def test_a_claim_older_than_the_kept_facts_is_counted_and_not_guessed(office, centre):
    await office.submitted()
    await office.sql("ALTER TABLE claims DISABLE TRIGGER claims_as_decided")
    await office.sql("UPDATE claims SET facts = NULL")
    found = await centre.tried()
    assert (found["trial"]["claims_tried"], found["trial"]["claims_without_facts"]) == (1, 1)
    assert await centre.effects(found) == []


async def test_without_any_claim_a_trial_ends_at_once(centre):
    found = await centre.tried()
    assert (found["state"], found["trial"]["claims_total"], found["districts"]) == ("tried", 0, [])


async def many(office, count):
    for number in range(count):
        who = ("holder", "partner", "third")[number % 3]
        await office.submitted(await office.certificate(who=who, project=f"P{number // 3}"), who)


async def test_progress_is_shown_while_it_goes_on_and_a_claim_made_meanwhile_is_left_out(office, centre):
    await many(office, 5)
    proposal = await centre.on_trial(await centre.proposed())
    assert await try_due(office.service, 2) == 1
    shown = await centre.shown(proposal)
    assert (shown["state"], shown["trial"]["claims_total"], shown["trial"]["claims_tried"]) == (
        "trying",
        5,
        2,
    )
    await office.submitted(await office.certificate(project="P9"))
    await centre.work(2)
    shown = await centre.shown(proposal)
    assert (shown["state"], shown["trial"]["claims_tried"], shown["trial"]["claims_changed"]) == (
        "tried",
        5,
        5,
    )
    assert shown["trial"]["ended_at"] is not None


async def test_several_workers_try_each_claim_once(office, centre):
    await many(office, 7)
    proposals = [await centre.on_trial(await centre.proposed()) for _ in range(2)]
    while any(await asyncio.gather(*(try_due(office.service, 2) for _ in range(4)))):
        pass
    for proposal in proposals:
        assert len(await centre.effects(proposal)) == 7
        assert (await centre.shown(proposal))["difference_fen"] == 140000


class Broken(Exception):  # noqa: N818  # it is no error of the code
    """The process ends here."""


async def broken_off(office):
    async with office.service.database.transaction() as tx:
        await trial._stretch(tx, office.service, await trial.repository.next_trying(tx), 2)
        raise Broken


async def test_a_stretch_that_breaks_off_is_done_again_and_counted_once(office, centre):
    await many(office, 4)
    proposal = await centre.on_trial(await centre.proposed())
    await try_due(office.service, 2)
    with pytest.raises(Broken):
        await broken_off(office)
    await centre.work(2)
    shown = await centre.shown(proposal)
    assert (shown["trial"]["claims_tried"], shown["trial"]["claims_changed"]) == (4, 4)


async def test_a_trial_that_fails_says_so_and_can_be_begun_again(office, centre, caplog):
    claim = await office.submitted()
    proposal = await centre.on_trial(await centre.proposed())
    await office.sql("ALTER TABLE claims DISABLE TRIGGER claims_as_decided")
    [[facts]] = await office.sql("SELECT facts FROM claims")
    await office.sql("""UPDATE claims SET facts = '{"spoilt": true}'""")
    await centre.work()
    failed = await centre.shown(proposal)
    assert failed["state"] == "failed"
    assert proposal["id"] in caplog.text
    await office.sql("UPDATE claims SET facts = $1", facts)
    again = await centre.on_trial(failed)
    await centre.work()
    assert (await centre.shown(again))["state"] == "tried"
    assert [one["claim_id"] for one in await centre.effects(again)] == [claim["id"]]


async def test_a_second_trial_stands_beside_the_first_and_counts(office, centre):
    await office.submitted()
    first = await centre.tried()
    await office.submitted(await office.certificate(who="partner"), "partner")
    second = await centre.on_trial(first)
    await centre.work()
    assert (await centre.shown(second))["difference_fen"] == 40000
    runs = await office.sql("SELECT run, count(*) FROM proposal_effects GROUP BY run ORDER BY run")
    assert [tuple(row) for row in runs] == [(1, 1), (2, 2)]


async def test_a_withdrawn_proposal_is_tried_no_further(office, centre):
    await office.submitted()
    proposal = await centre.on_trial(await centre.proposed())
    await centre.step(proposal, "withdraw", json={"reason": "不再推进"})
    assert await centre.work() == 0


async def test_the_effects_are_filtered_by_district_paged_and_taken_away(office, centre):
    await many(office, 3)
    await office.submitted(await office.certificate(district=XUHUI, project="P9"))
    found = await centre.tried()
    assert len(await centre.effects(found, district=XUHUI)) == 1
    people, path = centre.person(), f"/proposals/{found['id']}/effects"
    first = await office.get(path, people, limit=3)
    rest = await office.get(path, people, limit=3, cursor=first["next_cursor"])
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 1, None)
    file = await office.http.get(f"/subsidy/v1{path}/export", params={"district": XUHUI}, headers=people)
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].split(",")[1:5] == [XUHUI, "180000", "200000", "20000"]
