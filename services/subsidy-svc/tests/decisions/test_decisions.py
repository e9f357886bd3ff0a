"""A decision run again on its frozen facts (S01–S05, D01–D03, D10)."""

from datetime import date

import pytest


async def decision(office, claim, headers=None, **given):
    return await office.get(f"/claims/{claim['id']}/decision", headers or office.officer(), **given)


async def test_run_again_the_decision_is_the_one_that_was_recorded(office):
    claim = await office.submitted()
    found = await decision(office, claim)
    assert (found["as_of"], found["eligible"], found["amount_fen"]) == ("2026-05-20", True, 180000)
    assert found["policy_version"] == found["recorded"]["policy_version"]
    assert found["findings"] == found["recorded"]["findings"] == (await office.shown(claim))["findings"]
    assert found["within_years_on"] == found["recorded"]["within_years_on"]
    assert (found["differs"], found["differences"], found["assumption"]) == (False, [], None)


@pytest.mark.parametrize("day", ["2026-01-01", "2026-05-20", "2030-12-31"])
async def test_a_day_of_the_same_law_gives_the_same_decision(office, day):
    claim = await office.submitted()
    first = await decision(office, claim, as_of=day)
    assert first["differs"] is False
    office.clock.advance(days=700)
    assert await decision(office, claim, as_of=day) == first


async def test_what_happened_since_changes_no_fact(office):
    office.registry.roles_from = {date(2026, 5, 15): frozenset()}
    certificate = await office.certificate()
    claim = await office.submitted(certificate)
    before = await decision(office, claim)
    office.registry.roles, office.registry.status = frozenset(), "cancelled"
    office.accounts.linked = False
    await office.revoke(certificate)
    assert (await decision(office, claim))["findings"] == before["findings"]
    assert [one["rule"] for one in before["findings"] if one["outcome"] == "warned"] == ["D02"]


async def test_every_step_names_the_version_of_the_law_it_went_by(office):
    accepted = await office.accepted()
    rejected = await office.step(accepted, "reject", "approver", {"reason": "材料与登记不符"})
    steps = (await decision(office, rejected.json()))["steps"]
    assert [one["action"] for one in steps] == ["claim.submit", "claim.accept", "claim.reject"]
    version = (await office.get("/policy", on="2026-05-20"))["version"]
    assert {one["policy_version"] for one in steps} == {version}


async def test_outside_the_laws_time_there_is_nothing_to_decide_by(office):
    claim = await office.submitted()
    answer = await office.http.get(
        f"/subsidy/v1/claims/{claim['id']}/decision", params={"as_of": "2031-01-01"}, headers=office.city
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "no_law_in_force")


async def test_the_person_sees_their_own_decision_and_nobody_elses(office):
    claim = await office.submitted()
    assert (await decision(office, claim, office.citizen()))["eligible"] is True
    for headers in (office.citizen("partner"), office.officer("acceptor", "310104")):
        answer = await office.http.get(f"/subsidy/v1/claims/{claim['id']}/decision", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_claim_older_than_the_kept_facts_says_so(office):
    claim = await office.submitted()
    await office.sql("ALTER TABLE claims DISABLE TRIGGER claims_as_decided")
    await office.sql("UPDATE claims SET facts = NULL")
    answer = await office.http.get(f"/subsidy/v1/claims/{claim['id']}/decision", headers=office.city)
    assert (answer.status_code, answer.json()["code"]) == (409, "facts_not_kept")


async def test_the_facts_of_a_decision_cannot_be_changed(office):
    await office.submitted()
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql("UPDATE claims SET facts = NULL")
