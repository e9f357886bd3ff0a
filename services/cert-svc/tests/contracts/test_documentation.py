"""The API documents itself in both languages and cites its rules."""

import re

from chuangpei.auth import Role


async def test_each_route_is_described_in_both_languages_and_cites_a_rule(office):
    paths = (await office.http.get("/cert/openapi.json")).json()["paths"]
    own = {path: methods for path, methods in paths.items() if re.match(r"/cert/v1/(?!operations)", path)}
    assert len(own) == 9
    for path, methods in own.items():
        for operation in methods.values():
            chinese, _, english = operation["summary"].partition(" · ")
            assert re.search("[一-鿿]", chinese), path
            assert re.fullmatch(r"[\x20-\x7e]+", english), path
            assert re.search(r"\b[BCDST]\d\d\b", operation["description"]), path


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
    answer = await office.revoke(certificate, **example)
    assert answer.status_code == 200, answer.text
