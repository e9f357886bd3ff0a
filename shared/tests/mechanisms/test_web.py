"""The HTTP edge: what a client sends wrong, it is told in its language; nothing it sends makes a 500."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from chuangpei.auth import Role, TokenVerifier
from chuangpei.database import Database, Transaction
from chuangpei.development import DevelopmentIssuer
from chuangpei.settings import CommonSettings
from chuangpei.testing.api import bearer, client, key, verifier_for
from chuangpei.testing.miniature import create_schema, opened
from chuangpei.testing.miniature_api import create_miniature_api
from chuangpei.testing.settings import test_settings
from chuangpei_embedded.postgres import PostgresServer
from fastapi import FastAPI

PROBLEM = "application/problem+json"
NOTES = "/miniature/v1/notes"
ISSUER = DevelopmentIssuer()


def api_on(database: Database) -> FastAPI:
    return create_miniature_api(database, verifier(database))


def verifier(database: Database) -> TokenVerifier:
    return verifier_for(ISSUER, test_settings(CommonSettings, database.dsn).privacy())


@pytest.fixture
async def http(dsn: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client(api_on(Database(dsn))) as http:
        http.headers.update(bearer(ISSUER.token(Role.CITY_CENTRE)))
        yield http


def pointers(answer: httpx.Response) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


async def test_a_note_is_written_and_read(http: httpx.AsyncClient) -> None:
    written = await http.post(NOTES, json={"text": "好"}, headers=key())
    read = await http.get(f"{NOTES}/{written.json()['id']}")

    assert written.status_code == 201
    assert written.headers["etag"] == '"1"'
    assert read.json() == written.json()


@pytest.mark.parametrize(
    ("language", "expected", "title"),
    [
        (None, "zh", "未找到"),
        ("en", "en", "Not found"),
        ("en-GB,zh;q=0.5", "en", "Not found"),
        ("en; q=0.3, zh-CN; q=0.8", "zh", "未找到"),
        ("fr", "zh", "未找到"),
        ("en;q=0", "zh", "未找到"),
        ("en;q=often", "en", "Not found"),
        (";;q=;,", "zh", "未找到"),
    ],
)
async def test_a_problem_is_told_in_the_language_asked_for_chinese_by_default(
    http: httpx.AsyncClient, language: str | None, expected: str, title: str
) -> None:
    answer = await http.get(f"{NOTES}/7", headers={"accept-language": language} if language else {})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["content-language"] == expected
    assert (answer.json()["code"], answer.json()["title"]) == ("not_found", title)
    assert answer.json()["instance"] == f"{NOTES}/7"
    assert answer.json()["type"] == "urn:chuangpei:problem:not_found"


@pytest.mark.parametrize("body", [b'{"text": ', b"\xff\xfe", b"[" * 5_000, b'{"text": "a"} tail', b"NaN["])
async def test_broken_json_is_a_400(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post(NOTES, content=body, headers=key() | {"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    ("body", "pointer", "zh"),
    [
        ({"text": "a", "colour": "red"}, "/colour", "不认识的字段"),
        ({}, "/text", "必填"),
        ({"text": 7}, "/text", "应为文本"),
        ({"text": "a", "amount": "x"}, "/amount", "应为整数"),
        ({"text": "a", "parts": [{"n": 1}, {"n": "x"}]}, "/parts/1/n", "应为整数"),
        ({"text": "a", "odd/na~me": 1}, "/odd~1na~0me", "不认识的字段"),
        ([], "", None),
        ("text", "", None),
    ],
)
async def test_wrong_content_is_a_422_that_points_at_its_place(
    http: httpx.AsyncClient, body: object, pointer: str, zh: str | None
) -> None:
    answer = await http.post(NOTES, json=body, headers=key())

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert pointers(answer) == [pointer]
    assert zh is None or answer.json()["errors"][0]["message"] == zh


@pytest.mark.parametrize(
    ("headers", "pointer"),
    [({}, "/header/Idempotency-Key"), ({"idempotency-key": "short"}, "/header/Idempotency-Key")],
)
async def test_a_missing_or_malformed_header_is_named(
    http: httpx.AsyncClient, headers: dict[str, str], pointer: str
) -> None:
    answer = await http.post(NOTES, json={"text": "a"}, headers=headers)

    assert answer.status_code == 422
    assert pointers(answer) == [pointer]


@pytest.mark.parametrize(
    "content",
    [
        b'{"text": "nul \\u0000 inside"}',
        b'{"text": "half a character \\ud800"}',
        b'{"text": "a", "\\ud800": 1}',
        b'{"text": "a", "amount": 9223372036854775808}',
        b'{"text": "a", "amount": -99999999999999999999999999}',
        b'{"text": "a", "amount": 1e400}',
    ],
    ids=["nul", "lone surrogate", "lone surrogate as a name", "int64 + 1", "huge", "infinite"],
)
async def test_what_postgresql_cannot_hold_is_a_422(http: httpx.AsyncClient, content: bytes) -> None:
    answer = await http.post(NOTES, content=content, headers=key() | {"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize(
    "note", ["9223372036854775808", "-1" + "0" * 30, "0" * 5_000, "1" * 5_000, "x", "%00"]
)
async def test_an_impossible_number_in_the_path_is_no_failure(http: httpx.AsyncClient, note: str) -> None:
    answer = await http.get(f"{NOTES}/{note}")

    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == PROBLEM


async def test_an_integer_of_too_many_digits_is_a_400(http: httpx.AsyncClient) -> None:
    content = b'{"text": "a", "amount": ' + b"9" * 5_000 + b"}"

    answer = await http.post(NOTES, content=content, headers=key() | {"content-type": "application/json"})

    assert answer.status_code == 400


async def test_a_body_that_says_it_is_too_large_is_not_read(http: httpx.AsyncClient) -> None:
    answer = await http.post(NOTES, json={"text": "x" * 20_000}, headers=key())

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["x-request-id"]


async def test_a_body_in_pieces_is_stopped_once_it_is_too_large(http: httpx.AsyncClient) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1_000
            yield b"x" * 1_000

    answer = await http.post(NOTES, content=pieces(), headers=key() | {"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.headers["content-type"] == PROBLEM


async def test_an_unknown_address_is_a_404_and_an_unknown_method_a_405(http: httpx.AsyncClient) -> None:
    nowhere = await http.get("/miniature/v1/nowhere")
    no_method = await http.delete(NOTES)

    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (no_method.status_code, no_method.json()["code"]) == (405, "method_not_allowed")
    assert {answer.headers["content-type"] for answer in (nowhere, no_method)} == {PROBLEM}
    assert no_method.headers["allow"]


@pytest.mark.parametrize("value", [None, '"abc"', '"99999999999"', "*", '"-1"', '"٣x"'])
async def test_a_change_without_a_usable_version_is_refused(
    http: httpx.AsyncClient, value: str | None
) -> None:
    headers = {} if value is None else {"if-match": value.encode()}
    answer = await http.put(f"{NOTES}/1", json={"text": "a"}, headers=headers)

    assert answer.status_code == (428 if value is None else 412)


@pytest.mark.parametrize("value", ['"3"', 'W/"3"', "3"])
async def test_the_version_is_read_from_if_match(http: httpx.AsyncClient, value: str) -> None:
    answer = await http.put(f"{NOTES}/1", json={"text": "a"}, headers={"if-match": value})

    assert answer.json() == {"expected": 3}


async def test_a_request_id_is_echoed_or_made_also_for_failures(http: httpx.AsyncClient) -> None:
    given = await http.get(f"{NOTES}/7", headers={"x-request-id": "abc-123"})
    made = await http.get(f"{NOTES}/7")
    refused = await http.get(f"{NOTES}/7", headers={"x-request-id": 'a b"c'})
    failed = await http.get(
        "/miniature/v1/fail", params={"how": "SELECT 1/0"}, headers={"x-request-id": "f-1"}
    )

    assert given.headers["x-request-id"] == given.json()["request_id"] == "abc-123"
    assert made.headers["x-request-id"] == made.json()["request_id"] != ""
    assert refused.headers["x-request-id"] != 'a b"c'
    assert failed.headers["x-request-id"] == failed.json()["request_id"] == "f-1"


async def test_a_failure_tells_nothing_of_its_inside(http: httpx.AsyncClient) -> None:
    answer = await http.get("/miniature/v1/fail", params={"how": "SELECT * FROM secrets"})

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secrets" not in answer.text


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03"])
async def test_work_that_others_at_work_spoilt_may_be_tried_again(
    http: httpx.AsyncClient, state: str
) -> None:
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'collided' USING ERRCODE = '{state}'; END $$"
    answer = await http.get("/miniature/v1/fail", params={"how": raising})

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_two_who_wait_for_each_other_are_both_served(dsn: str) -> None:
    """PostgreSQL undoes one of them; it begins anew, with the body that it sent, and acts once."""
    both_hold_one, orders = asyncio.Barrier(2), iter([(1, 2), (2, 1)])
    begun_anew = 0

    async def lock_crosswise(tx: Transaction) -> None:
        nonlocal begun_anew
        order = next(orders, None)
        if order is None:
            begun_anew += 1
            return
        await tx.connection.execute("SELECT pg_advisory_xact_lock($1)", order[0])
        await both_hold_one.wait()
        await tx.connection.execute("SELECT pg_advisory_xact_lock($1)", order[1])

    database = Database(dsn)
    app = create_miniature_api(database, verifier(database), lock_crosswise)
    async with client(app) as http:
        http.headers.update(bearer(ISSUER.token(Role.CITY_CENTRE)))
        answers = await asyncio.gather(
            *(http.post(NOTES, json={"text": text}, headers=key()) for text in ("甲", "乙"))
        )
        listed = await http.get(NOTES)

    assert [(answer.status_code, answer.json()["text"]) for answer in answers] == [(201, "甲"), (201, "乙")]
    assert sorted(note["text"] for note in listed.json()["items"]) == ["乙", "甲"]
    assert begun_anew == 1


async def test_work_undone_again_and_again_is_given_back_to_the_client(
    dsn: str, http: httpx.AsyncClient
) -> None:
    async with opened(dsn) as database, database.transaction() as tx:
        await tx.connection.execute("CREATE SEQUENCE tries")
    raising = "DO $$ BEGIN PERFORM nextval('tries'); RAISE EXCEPTION '' USING ERRCODE = '40P01'; END $$"
    answer = await http.get("/miniature/v1/fail", params={"how": raising})

    assert answer.status_code == 503
    async with opened(dsn) as database, database.transaction() as tx:
        assert await tx.connection.fetchval("SELECT last_value FROM tries") == 3


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", True),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", False),
        ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", False),
        ("nonsense", False),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n", True),
    ],
)
async def test_a_request_is_the_next_hop_of_its_trace(
    http: httpx.AsyncClient, sent: str, *, kept: bool
) -> None:
    answer = await http.get("/miniature/v1/fail?how=trace", headers={"traceparent": sent.strip()})

    trace = answer.json()["traceparent"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", trace)
    assert (trace[:35] == sent[:35]) is kept
    assert trace != sent


async def test_the_docs_page_loads_nothing_from_elsewhere(http: httpx.AsyncClient) -> None:
    page = await http.get("/miniature/docs")
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)["']""", page.text)

    assert page.status_code == 200
    assert "//" not in re.sub(r"\s//[^\n]*", "", page.text)
    assert len(loaded) == 3
    for address in loaded:
        assert (await http.get(address)).status_code == 200
    assert "validatorUrl" in page.text


async def test_the_openapi_document_describes_the_problems(http: httpx.AsyncClient) -> None:
    document = (await http.get("/miniature/openapi.json")).json()

    answers = document["paths"][NOTES]["post"]["responses"]
    reference = answers["422"]["content"][PROBLEM]["schema"]["$ref"]
    assert reference.rpartition("/")[2] in document["components"]["schemas"]
    assert "FindingView" in document["components"]["schemas"]


async def test_while_postgresql_is_away_the_service_says_so_and_recovers_by_itself(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    server = PostgresServer(tmp_path_factory.mktemp("away"))
    await asyncio.to_thread(server.start)
    try:
        server.create_database("miniature")
        await create_schema(server.dsn("miniature"))
        await asyncio.to_thread(server.kill)
        async with client(api_on(Database(server.dsn("miniature")))) as http:
            await is_away(http)
            await asyncio.to_thread(server.start)
            await is_there(http)
            await asyncio.to_thread(server.kill)
            await is_away(http)
            await asyncio.to_thread(server.start)
            await is_there(http)
    finally:
        await asyncio.to_thread(server.remove)


async def is_away(http: httpx.AsyncClient) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    ready = await http.get("/miniature/readyz")
    assert (ready.status_code, ready.json()) == (503, {"status": "unavailable"})
    answer = await http.get(f"{NOTES}/1")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert loop.time() - begun < 5
    assert (await http.get("/miniature/healthz")).status_code == 200


async def is_there(http: httpx.AsyncClient) -> None:
    assert (await http.get("/miniature/readyz")).status_code == 200
    assert (await http.get(f"{NOTES}/1")).status_code == 404


async def test_readiness_is_told_in_time_even_when_every_connection_is_taken(dsn: str) -> None:
    database = Database(dsn, pool_size=1)
    async with client(api_on(database)) as http:
        loop = asyncio.get_running_loop()
        async with database.transaction():
            begun = loop.time()
            ready = await http.get("/miniature/readyz")

        assert ready.status_code == 503
        assert loop.time() - begun < 4


async def test_a_value_that_the_database_refuses_does_not_reach_the_log(
    dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(dsn)
    app = api_on(database)

    @app.get("/refused")
    async def refused() -> None:
        async with database.transaction() as tx:
            await tx.connection.fetchval("SELECT '310101199001010039x'::bigint")

    with caplog.at_level(logging.INFO):
        async with client(app) as http:
            answer = await http.get("/refused")

    assert answer.status_code == 422
    assert "InvalidTextRepresentationError 22P02" in caplog.text
    assert "310101199001010039" not in caplog.text
