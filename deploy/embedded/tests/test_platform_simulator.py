"""The simulated platform (一网通办): it keeps what it is told once, and answers as it is told to."""

import base64
import hmac
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from chuangpei_embedded.simulators.app import create_simulators

SECRET = "a secret for tests"
PUSHES = "/simulators/platform/v1/pushes"
BEHAVIOUR = "/simulators/platform/v1/behaviour"


@pytest.fixture
def platform(tmp_path: Path) -> Callable[[], httpx.AsyncClient]:
    """Starts the platform over the same file each time."""

    def start() -> httpx.AsyncClient:
        app = create_simulators(tmp_path, "embedded", platform_secret=SECRET)
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    return start


async def push(
    http: httpx.AsyncClient, message_id: str, case: str = "C1", *, signed: bool = True
) -> httpx.Response:
    content = json.dumps({"caseNumber": case, "statusName": "已受理"}).encode()
    digest = hmac.digest(SECRET.encode(), f"{message_id}.17.".encode() + content, "sha256")
    headers = {"webhook-id": message_id, "webhook-timestamp": "17"}
    if signed:
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return await http.post(PUSHES, content=content, headers=headers)


async def test_a_message_that_comes_twice_is_kept_once_and_counted(
    platform: Callable[[], httpx.AsyncClient],
) -> None:
    async with platform() as http:
        for message_id in ("b", "a", "b"):
            assert (await push(http, message_id)).json() == {"code": "0"}
        kept = (await http.get(PUSHES)).json()
    assert [(one["message_id"], one["times"]) for one in kept] == [("b", 2), ("a", 1)]
    async with platform() as http:
        assert (await http.get(PUSHES)).json() == kept


async def test_what_was_told_is_found_by_case_number(platform: Callable[[], httpx.AsyncClient]) -> None:
    async with platform() as http:
        await push(http, "a", "C1")
        await push(http, "b", "C2")
        found = (await http.get(PUSHES, params={"case_number": "C2"})).json()
    assert [one["message_id"] for one in found] == ["b"]


async def test_a_push_that_is_not_signed_by_the_service_is_seen(
    platform: Callable[[], httpx.AsyncClient],
) -> None:
    async with platform() as http:
        await push(http, "a")
        await push(http, "b", signed=False)
        assert [one["signed"] for one in (await http.get(PUSHES)).json()] == [True, False]


@pytest.mark.parametrize(
    ("answer", "status", "kept"),
    [("error", 500, 0), ("busy", 503, 0), ("refused", 200, 0), ("unheard", 500, 1), ("hang", 200, 1)],
)
async def test_it_fails_as_often_as_it_is_told_to_and_then_takes_again(
    platform: Callable[[], httpx.AsyncClient], answer: str, status: int, kept: int
) -> None:
    async with platform() as http:
        await http.put(BEHAVIOUR, json={"answer": answer, "times": 2, "seconds": 0})
        for _ in range(2):
            assert (await push(http, "a")).status_code == status
        assert len((await http.get(PUSHES)).json()) == kept
        assert (await push(http, "a")).json() == {"code": "0"}
        [push_kept] = (await http.get(PUSHES)).json()
    assert push_kept["times"] == 1 + 2 * kept


async def test_without_a_number_it_fails_until_it_is_told_otherwise(
    platform: Callable[[], httpx.AsyncClient],
) -> None:
    async with platform() as http:
        await http.put(BEHAVIOUR, json={"answer": "busy", "seconds": 7})
        answers = [await push(http, "a") for _ in range(3)]
        assert {(one.status_code, one.headers["retry-after"]) for one in answers} == {(503, "7")}
        await http.put(BEHAVIOUR, json={})
        assert (await push(http, "a")).status_code == 200
