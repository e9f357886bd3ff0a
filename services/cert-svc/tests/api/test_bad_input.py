"""Bad input gets a clear refusal and changes nothing."""

import pytest
from chuangpei.auth import Role


@pytest.fixture
async def evaluation(office):
    return await office.evaluation_of(await office.complete())


@pytest.fixture
def send(office, evaluation):
    async def send(content=None, version='"1"', **given):
        headers = office.evaluator("scorer") | ({"if-match": version} if version is not None else {})
        if content is not None:
            given = {"content": content}
            headers["content-type"] = "application/json"
        return await office.http.post(
            f"/cert/v1/evaluations/{evaluation['id']}/score", headers=headers, **given
        )

    return send


@pytest.mark.parametrize("score", [-1, 101, 60.5, 60.0, "60", True, None, 10**40, [60]])
async def test_a_score_is_a_whole_number_from_0_to_100(office, send, score):
    answer = await send(json={"score": score, "comment": ""})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/score"
    [row] = await office.sql("SELECT state, version FROM evaluations")
    assert tuple(row) == ("open", 1)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"score": 60, "comment": "", "passed": True}, "/passed"),
        ({"comment": "漏填分数"}, "/score"),
        ({"score": 60, "comment": "长" * 2001}, "/comment"),
        ([], ""),
    ],
)
async def test_unknown_missing_and_overlong_fields_are_named(send, body, pointer):
    answer = await send(json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b'{"score": }', b'{"score": NaN}'])
async def test_broken_json_is_refused(send, content):
    assert (await send(content)).status_code in (400, 422)


async def test_a_text_the_database_cannot_hold_is_refused(send):
    answer = await send(b'{"score": 60, "comment": "\\u0000"}')
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


OVERSIZED = b'{"score": 60, "comment": "' + b"a" * 2_000_000 + b'"}'


async def pieces():
    for start in range(0, len(OVERSIZED), 65_536):
        yield OVERSIZED[start : start + 65_536]


@pytest.mark.parametrize(
    "content", [lambda: OVERSIZED, pieces], ids=["at once", "in pieces of unknown number"]
)
async def test_an_oversized_body_is_refused(send, content):
    answer = await send(content())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("version", "status"),
    [(None, 428), ('"2"', 412), ("*", 412), ('"one"', 412), ('"-1"', 412), ('W/"1"', 200), ("1", 200)],
)
async def test_a_change_needs_the_version_last_read(send, version, status):
    assert (await send(json={"score": 60}, version=version)).status_code == status


@pytest.mark.parametrize("content", [b"", b"{}", b"null"])
async def test_a_revocation_needs_a_reason_and_a_note(office, evaluation, content):
    answer = await office.http.post(
        "/cert/v1/certificates/SH2026H7K3M01X2T0B/revoke",
        content=content,
        headers=office.centre | {"if-match": '"1"', "content-type": "application/json"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("note", ["", " ", "\t\n", "错", "长" * 2001])
async def test_a_note_says_something(office, note):
    event = await office.complete()
    certificate = (await office.certificates(event))["training_completion"]
    answer = await office.revoke(certificate, note=note)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/note")
    assert (await office.check(certificate["number"])).json()["status"] == "valid"


@pytest.mark.parametrize(
    "params",
    [
        {"cursor": "nonsense"},
        {"cursor": "W10"},
        {"cursor": "WzFd"},
        {"cursor": "WyJhIl0"},
        {"limit": "0"},
        {"limit": "201"},
        {"state": "lost"},
        {"enrolment_id": "1"},
    ],
)
async def test_a_list_is_asked_for_properly(office, params):
    answer = await office.http.get("/cert/v1/evaluations", params=params, headers=office.centre)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_an_evaluation_id_that_is_none_is_refused(office):
    answer = await office.http.get("/cert/v1/evaluations/7", headers=office.as_(Role.CITY_CENTRE))
    assert answer.status_code == 422
