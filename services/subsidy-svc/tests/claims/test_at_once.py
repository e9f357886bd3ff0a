"""Many at once, against the real database: 50 submissions, four certificates, two officers (S03, S04)."""

import asyncio
from collections import Counter

from chuangpei.events.subsidy import ClaimApproved, ClaimNoticed, ClaimSubmitted, ClaimWithdrawn
from chuangpei.testing.api import key


async def test_fifty_submissions_of_one_certificate_make_one_claim(office):
    certificate = await office.certificate()
    answers = await asyncio.gather(*(office.claim(certificate) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 49}
    for answer in answers:
        if answer.status_code == 422:
            failed = [f["rule"] for f in answer.json()["findings"] if f["outcome"] == "failed"]
            assert failed == ["S03"]
    assert len(await office.sql("SELECT 1 FROM claims")) == 1
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1
    assert len(await office.emitted(ClaimSubmitted)) == 1


async def test_fifty_times_the_same_request_get_one_answer(office):
    certificate = await office.certificate()
    headers, body = office.citizen() | key(), office.claim_body(certificate)
    answers = await asyncio.gather(
        *(office.http.post("/subsidy/v1/claims", json=body, headers=headers) for _ in range(50))
    )
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert len(await office.sql("SELECT 1 FROM claims")) == 1


async def test_four_certificates_of_one_person_at_once_make_three_claims(office):
    certificates = [await office.certificate(project=f"P{number}") for number in range(4)]
    answers = await asyncio.gather(*(office.claim(certificate) for certificate in certificates))
    assert Counter(answer.status_code for answer in answers) == {201: 3, 422: 1}
    [refused] = [answer for answer in answers if answer.status_code == 422]
    assert [f["rule"] for f in refused.json()["findings"] if f["outcome"] == "failed"] == ["S04"]
    slots = await office.sql("SELECT slot FROM reservations ORDER BY slot")
    assert [row["slot"] for row in slots] == [1, 2, 3]


async def test_twenty_certificates_of_one_person_at_once_make_three_claims(office):
    certificates = [await office.certificate(project=f"P{number}") for number in range(20)]
    answers = await asyncio.gather(*(office.claim(certificate) for certificate in certificates))
    assert Counter(answer.status_code for answer in answers) == {201: 3, 422: 17}


async def test_two_officers_approving_at_once_make_one_approval(office):
    claim = await office.accepted()
    answers = await asyncio.gather(
        *(office.step(claim, "approve", who) for who in ("approver", "releaser") * 5)
    )
    codes = Counter(answer.status_code for answer in answers)
    assert codes == {200: 1, 412: 9}
    assert len(await office.emitted(ClaimApproved)) == 1
    assert len(await office.emitted(ClaimNoticed)) == 1
    assert len(await office.sql("SELECT 1 FROM notices")) == 1


async def test_withdrawing_twice_at_once_frees_the_place_once(office):
    claim = await office.submitted()
    answers = await asyncio.gather(*(office.step(claim, "withdraw", "holder") for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}
    assert len(await office.emitted(ClaimWithdrawn)) == 1


async def test_withdrawing_and_approving_at_once_leave_one_of_them(office):
    for _ in range(5):
        certificate = await office.certificate()
        claim = await office.accepted(await office.submitted(certificate))
        answers = await asyncio.gather(
            office.step(claim, "withdraw", "holder"), office.step(claim, "approve", "approver")
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        if await office.state_of(claim) == "noticed":
            assert (await office.step(await office.shown(claim), "withdraw", "holder")).status_code == 200
        assert await office.sql("SELECT 1 FROM reservations") == []


async def test_clearing_in_two_workers_at_once_clears_each_claim_once(office):
    for who in ("holder", "partner", "third"):
        await office.noticed(await office.submitted(who=who))
    office.clock.advance(days=30)
    cleared = await asyncio.gather(*(office.clear_due() for _ in range(4)))
    assert sum(cleared) == 3
