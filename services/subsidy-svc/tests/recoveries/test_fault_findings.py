"""Whose fault a wrong payment was: reported by the district, confirmed by the city (D03, D05, D06)."""

import asyncio
from collections import Counter

import pytest
from chuangpei.auth import Role
from chuangpei.events.subsidy import RecoveryOpened, RecoveryOpenedByFinding, SubsidyFraudConfirmed

STATEMENT = "经查，申领人未实际参加培训"


async def reported(office, claim, fault="person_fraud", *, institution=False, by=None):
    body = {"claim_id": claim["id"], "fault": fault, "institution_took_part": institution}
    return await office.post("/fault-findings", by or office.officer(), body | {"statement": STATEMENT})


async def decided(office, finding, action="confirm", by=None):
    reason = {"reason": "证据不足"} if action == "refuse" else None
    path = f"/fault-findings/{finding['id']}/{action}"
    return await office.post(path, by or office.city, reason, finding["version"])


async def places(office):
    return len(await office.sql("SELECT 1 FROM reservations"))


async def test_a_confirmed_fraud_opens_a_recovery_and_still_counts_against_the_caps(office):
    claim = await office.paid()
    finding = (await reported(office, claim)).json()
    assert await office.emitted(RecoveryOpenedByFinding) == []
    answer = await decided(office, finding)
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed"), answer.text
    [opened] = await office.emitted(RecoveryOpenedByFinding)
    assert (str(opened.claim_id), opened.fault) == (claim["id"], "person_fraud")
    assert await places(office) == 1
    refused = await office.claim(await office.certificate())
    assert refused.status_code == 422
    assert "S03" in [one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"]


async def test_after_the_offices_error_the_place_is_free_again(office):
    claim = await office.paid()
    await decided(office, (await reported(office, claim, "office_error")).json())
    [opened] = await office.emitted(RecoveryOpenedByFinding)
    assert opened.fault == "office_error"
    assert await office.emitted(SubsidyFraudConfirmed) == []
    assert await places(office) == 0
    assert (await office.claim(await office.certificate())).status_code == 201


async def test_after_the_offices_error_the_same_certificate_may_be_claimed_for_again(office):
    certificate = await office.certificate()
    claim = await office.paid(certificate)
    await decided(office, (await reported(office, claim, "office_error")).json())
    again = await office.claim(certificate)
    assert again.status_code == 201, again.text
    assert (await office.claim(certificate)).status_code == 422
    await office.revoke(certificate)
    assert await office.state_of(again.json()) == "stopped"
    assert await office.state_of(claim) == "paid"
    assert len(await office.sql("SELECT 1 FROM recoveries")) == 1
    assert await places(office) == 0


@pytest.mark.parametrize(("institution", "ground"), [(True, "X2"), (False, None)])
async def test_others_are_told_of_a_fraud_and_whether_the_institution_took_part(office, institution, ground):
    claim = await office.paid()
    await decided(office, (await reported(office, claim, institution=institution)).json())
    [event] = await office.emitted(SubsidyFraudConfirmed)
    assert (str(event.claim_id), event.exit_ground) == (claim["id"], ground)
    assert event.institution.district == "310115"
    assert "张三丰" not in event.model_dump_json()


async def test_a_fraud_found_after_the_revocation_joins_the_recovery(office):
    certificate = await office.certificate()
    claim = await office.paid(certificate)
    await office.revoke(certificate)
    await decided(office, (await reported(office, claim)).json())
    assert len(await office.emitted(RecoveryOpened)) == 1
    assert await office.emitted(RecoveryOpenedByFinding) == []
    assert len(await office.emitted(SubsidyFraudConfirmed)) == 1


async def test_a_refused_finding_leads_to_nothing_and_another_may_follow(office):
    claim = await office.paid()
    finding = (await reported(office, claim)).json()
    waits = await reported(office, claim, "office_error")
    assert (waits.status_code, waits.json()["code"]) == (409, "finding_stands")
    assert (await decided(office, finding, "refuse")).json()["state"] == "refused"
    assert await office.emitted(RecoveryOpenedByFinding) == []
    assert (await reported(office, claim, "office_error")).status_code == 201


async def test_the_same_person_in_another_office_does_not_confirm_it(office):
    finding = (await reported(office, await office.paid())).json()
    same = office.as_(Role.CITY_CENTRE, "acceptor", subject="city-b")
    answer = await decided(office, finding, by=same)
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_confirming_at_once_takes_effect_once(office):
    finding = (await reported(office, await office.paid(), "office_error")).json()
    answers = await asyncio.gather(*(decided(office, finding) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 3}
    assert len(await office.emitted(RecoveryOpenedByFinding)) == 1
    assert await places(office) == 0


async def test_a_claim_that_was_not_paid_takes_no_finding(office):
    answer = await reported(office, await office.noticed())
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_an_offices_error_has_no_institution_in_it(office):
    answer = await reported(office, await office.paid(), "office_error", institution=True)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/institution_took_part"]


async def test_another_district_finds_neither_claim_nor_finding(office):
    claim, other = await office.paid(), office.officer("approver", "310104")
    assert (await reported(office, claim, by=other)).status_code == 404
    finding = (await reported(office, claim)).json()
    answer = await office.http.get(f"/subsidy/v1/fault-findings/{finding['id']}", headers=other)
    assert answer.status_code == 404
    assert (await office.get("/fault-findings", other))["items"] == []
    assert len((await office.get("/fault-findings", office.officer(), fault="person_fraud"))["items"]) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fault_findings SET fault = 'office_error'",
        "UPDATE fault_findings SET state = 'confirmed', decided_at = now(), decided_by = reported_by",
        "DELETE FROM fault_findings",
    ],
)
async def test_the_database_keeps_findings_and_asks_two_people(office, statement):
    await reported(office, await office.paid())
    with pytest.raises(Exception, match=r"can no longer be changed|two_people"):
        await office.sql(statement)
