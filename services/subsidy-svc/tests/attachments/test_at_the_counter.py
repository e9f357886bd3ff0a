"""Files at the counter: who took a claim there attaches what the person brought, in any district (S06)."""

import pytest
from chuangpei.testing.api import key

MINHANG, XUHUI = "310112", "310104"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
async def claim(office):
    """Taken at a counter of 闵行; the review is that of 浦东."""
    certificate = await office.certificate()
    body = office.claim_body(certificate)
    del body["certificate_id"]
    body |= {"certificate_number": certificate.number, "id_number": office.id_number("holder")}
    answer = await office.post("/claims/counter", office.officer("acceptor", MINHANG), body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def attach(office, claim, headers, **idempotency):
    return await office.http.post(
        f"/subsidy/v1/claims/{claim['id']}/attachments",
        params={"name": "身份证.pdf", "subject": "identity"},
        content=PDF,
        headers=headers | key() | {"content-type": "application/pdf"} | idempotency,
    )


async def test_who_took_the_claim_attaches_and_that_is_recorded(office, claim):
    answer = await attach(office, claim, office.officer("acceptor", MINHANG))
    assert answer.status_code == 201, answer.text
    [row] = await office.sql(
        "SELECT actor, role, district, details->>'claim_id' FROM audit_log WHERE action = 'attachment.store'"
    )
    assert tuple(row) == ("acceptor", "district_officer", MINHANG, claim["id"])
    for headers in (office.citizen(), office.officer("approver")):
        listed = await office.get(f"/claims/{claim['id']}/attachments", headers)
        assert [one["id"] for one in listed] == [answer.json()["id"]]


async def test_nobody_else_of_another_district_does(office, claim):
    for headers in (office.officer("approver", MINHANG), office.officer("approver", XUHUI)):
        assert (await attach(office, claim, headers)).status_code == 404
    online = await office.submitted(who="partner")
    assert (await attach(office, online, office.officer("acceptor", MINHANG))).status_code == 404


async def test_who_took_it_may_hand_in_and_not_look(office, claim):
    counter = office.officer("acceptor", MINHANG)
    file = (await attach(office, claim, counter)).json()
    for path in ("/attachments", f"/attachments/{file['id']}", ""):
        answer = await office.http.get(f"/subsidy/v1/claims/{claim['id']}{path}", headers=counter)
        assert answer.status_code == 404


async def test_it_ends_with_the_review(office, claim):
    accepted = await office.step(claim, "accept", "releaser")
    assert (await attach(office, claim, office.officer("acceptor", MINHANG))).status_code == 201
    approved = await office.step(accepted.json(), "approve", "approver")
    assert approved.status_code == 200, approved.text
    late = await attach(office, claim, office.officer("acceptor", MINHANG))
    assert (late.status_code, late.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_file_sent_again_from_the_counter_is_attached_once(office, claim):
    counter, same = office.officer("acceptor", MINHANG), {"idempotency-key": "the-same-file"}
    first, again = [await attach(office, claim, counter, **same) for _ in range(2)]
    assert (first.status_code, again.json()) == (201, first.json())
    assert len(await office.get(f"/claims/{claim['id']}/attachments", office.citizen())) == 1
