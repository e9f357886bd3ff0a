"""One Idempotency-Key: one deed and one answer, however often and however close together it is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from chuangpei.auth import Role
from chuangpei.database import Database, Transaction
from chuangpei.development import DevelopmentIssuer
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW
from chuangpei.settings import CommonSettings
from chuangpei.testing.api import bearer, client, key, verifier_for
from chuangpei.testing.miniature import pending_ids
from chuangpei.testing.miniature_api import Act, create_miniature_api
from chuangpei.testing.settings import test_settings

NOTES = "/miniature/v1/notes"
ISSUER = DevelopmentIssuer()
Serve = Callable[[Act | None], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def serve(dsn: str) -> Serve:
    """Serves the miniature, with something that happens inside the transaction."""

    def make(act: Act | None = None) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        verifier = verifier_for(ISSUER, test_settings(CommonSettings, dsn).privacy())
        return client(create_miniature_api(Database(dsn), verifier, act))

    return make


@pytest.fixture
async def http(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(None) as http:
        yield http


def as_officer(subject: str = "officer-1") -> dict[str, str]:
    return bearer(ISSUER.token(Role.CITY_CENTRE, subject=subject))


async def test_twenty_requests_at_once_with_one_key_write_one_note_and_get_one_answer(
    http: httpx.AsyncClient, database: Database
) -> None:
    headers = as_officer() | key()

    answers = await asyncio.gather(
        *(http.post(NOTES, json={"text": "a"}, headers=headers) for _ in range(20))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["etag"] for answer in answers} == {'"1"'}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len(await pending_ids(database)) == 1


async def test_a_key_used_for_another_payload_is_refused(http: httpx.AsyncClient, database: Database) -> None:
    headers = as_officer() | key()
    await http.post(NOTES, json={"text": "a"}, headers=headers)

    other = await http.post(NOTES, json={"text": "b"}, headers=headers)
    other_query = await http.post(NOTES, params={"x": 1}, json={"text": "a"}, headers=headers)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert other_query.status_code == 422
    assert len(await pending_ids(database)) == 1


async def test_the_same_key_of_another_person_is_another_key(
    http: httpx.AsyncClient, database: Database
) -> None:
    chosen = key()
    first = await http.post(NOTES, json={"text": "a"}, headers=as_officer("officer-1") | chosen)
    second = await http.post(NOTES, json={"text": "a"}, headers=as_officer("officer-2") | chosen)

    assert first.json()["id"] != second.json()["id"]
    assert len(await pending_ids(database)) == 2


async def test_a_refusal_stores_nothing_so_that_the_key_may_be_used_again(
    serve: Serve, database: Database
) -> None:
    answers: list[Refusal | None] = [Refusal(NOT_ALLOWED_NOW), None]

    async def act(_: Transaction) -> Refusal | None:
        return answers.pop(0)

    async with serve(act) as http:
        headers = as_officer() | key()
        refused = await http.post(NOTES, json={"text": "a"}, headers=headers)
        assert await pending_ids(database) == []
        done = await http.post(NOTES, json={"text": "a"}, headers=headers)

    assert (refused.status_code, done.status_code) == (409, 201)
    assert len(await pending_ids(database)) == 1


async def test_a_crash_in_between_leaves_nothing_behind(serve: Serve, database: Database) -> None:
    crashes = 1

    async def act(tx: Transaction) -> Refusal | None:
        nonlocal crashes
        if crashes:
            crashes -= 1
            async with database.transaction() as other:
                await other.connection.execute(
                    "SELECT pg_terminate_backend($1, 5000)", tx.connection.get_server_pid()
                )
        return None

    async with serve(act) as http:
        headers = as_officer() | key()
        cut_off = await http.post(NOTES, json={"text": "a"}, headers=headers)
        assert await pending_ids(database) == []
        again = await http.post(NOTES, json={"text": "a"}, headers=headers)

    assert (cut_off.status_code, again.status_code) == (503, 201)
    assert "idempotency-replayed" not in again.headers
    assert len(await pending_ids(database)) == 1
