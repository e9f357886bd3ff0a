"""The API's own documents: two languages, rule ids, examples that the API itself would take."""

import pytest
from chuangpei.kernel.credit_code import parse_credit_code
from chuangpei.kernel.refusals import Text
from chuangpei.kernel.resident_id import parse_resident_id
from chuangpei.testing.contracts import badly_described


@pytest.fixture(scope="module")
async def world(lasting_world):
    return lasting_world


async def test_every_operation_says_in_two_languages_what_it_does_and_by_which_rule(world):
    document = (await world.http.get("/training/openapi.json")).json()
    assert badly_described(document, "training", rules="TCSO") == []


async def test_the_docs_are_served_from_local_assets(world):
    page = (await world.http.get("/training/docs")).text
    assert "//cdn" not in page
    assert (await world.http.get("/training/docs/assets/swagger-ui.css")).status_code == 200


async def test_the_example_numbers_are_valid(world):
    document = (await world.http.get("/training/openapi.json")).json()
    schemas = document["components"]["schemas"]
    (credit_code,) = schemas["NewInstitution"]["properties"]["credit_code"]["examples"]
    (id_number,) = schemas["NewEnrolment"]["properties"]["id_number"]["examples"]
    assert not isinstance(parse_credit_code(credit_code), Text)
    assert not isinstance(parse_resident_id(id_number), Text)
