"""The API documents itself in both languages and cites its rules."""

import re


async def test_each_route_is_described_in_both_languages_and_cites_a_rule(office):
    paths = (await office.http.get("/subsidy/openapi.json")).json()["paths"]
    own = {path: methods for path, methods in paths.items() if re.match(r"/subsidy/v1/(?!operations)", path)}
    assert len(own) == 24
    for path, methods in own.items():
        for operation in methods.values():
            chinese, _, english = operation["summary"].partition(" · ")
            assert re.search("[一-鿿]", chinese), path
            assert re.fullmatch(r"[\x20-\x7e]+", english), path
            assert re.search(r"\b[BCDST]\d\d\b", operation["description"]), path


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
