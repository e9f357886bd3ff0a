"""The API documents itself in both languages and cites its rules."""

from chuangpei.auth import Role
from chuangpei.testing.contracts import badly_described, own_paths


async def test_each_route_is_described_in_both_languages_and_cites_a_rule(office):
    document = (await office.http.get("/cert/openapi.json")).json()
    assert own_paths(document, "cert")
    assert badly_described(document, "cert", rules="BCDST") == []


async def test_bodies_carry_examples_that_are_accepted(office):
    schemas = (await office.http.get("/cert/openapi.json")).json()["components"]["schemas"]
    evaluation = await office.evaluation_of(await office.complete())
    [example] = schemas["ScoreBody"]["examples"]
    answer = await office.http.post(
        f"/cert/v1/evaluations/{evaluation['id']}/score",
        json=example,
        headers=office.evaluator("scorer") | {"if-match": '"1"'},
    )
    assert answer.status_code == 200, answer.text
    [example] = schemas["RevokeBody"]["examples"]
    certificate = (
        await office.http.get("/cert/v1/certificates", headers=office.as_(Role.CITY_CENTRE))
    ).json()["items"][0]
    for path, body in (("reissue", "ReissueBody"), ("correct-name", "NameCorrection")):
        [given] = schemas[body]["examples"]
        answer = await office.http.post(
            f"/cert/v1/certificates/{certificate['number']}/{path}",
            json=given,
            headers=office.centre | {"if-match": f'"{certificate["version"]}"'},
        )
        assert answer.status_code == 200, answer.text
        certificate = answer.json()
    answer = await office.revoke(certificate, **example)
    assert answer.status_code == 200, answer.text
