"""The API documents itself in both languages and cites its rules."""

from chuangpei.testing.contracts import badly_described, own_paths


async def test_each_route_is_described_in_both_languages_and_cites_a_rule(office):
    document = (await office.http.get("/subsidy/openapi.json")).json()
    assert own_paths(document, "subsidy")
    assert badly_described(document, "subsidy", rules="BCDOST") == []


async def test_the_example_of_a_claim_is_one_that_would_be_taken(office):
    schemas = (await office.http.get("/subsidy/openapi.json")).json()["components"]["schemas"]
    [example] = schemas["ClaimBody"]["examples"]
    certificate = await office.certificate()
    office.registry.known = frozenset({example["enterprise_credit_code"]})
    answer = await office.post(
        "/claims", office.citizen(), example | {"certificate_id": str(certificate.certificate_id)}
    )
    assert answer.status_code == 201, answer.text


async def test_the_docs_page_is_served_from_here(office):
    page = await office.http.get("/subsidy/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
