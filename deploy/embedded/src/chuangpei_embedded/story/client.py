"""How the story acts: over REST only, as somebody, and with an expectation for every answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import httpx

T = TypeVar("T")
Json = dict[str, Any]

PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.05


class StoryFailed(Exception):  # noqa: N818  # reads as what happened
    """The platform did not do what the story expects; the message says where and what came instead."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where each service answers; ``tools`` has ``/dev`` and ``/simulators``."""

    training: str
    cert: str
    subsidy: str
    brand: str
    webhook: str
    tools: str

    @classmethod
    def one(cls, origin: str) -> "Origins":
        """Everything behind one origin."""
        return cls(origin, origin, origin, origin, origin, origin)

    def url(self, path: str) -> str:
        """The whole address of a path, chosen by its first segment."""
        segment = path.split("/", 2)[1]
        origin: str = self.tools if segment in ("dev", "simulators") else getattr(self, segment)
        return origin + path


class Actor:
    """Somebody who asks: without a token, the public."""

    def __init__(self, http: httpx.AsyncClient, origins: Origins, token: str | None = None) -> None:
        self._http = http
        self._origins = origins
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    async def read(self, path: str, **filters: Any) -> Any:
        """What stands at the path, whatever its form."""
        return (await self._send("GET", path, (200,), params=filters)).json()

    async def get(self, path: str, **filters: Any) -> Json:
        """The object at the path."""
        answer: Json = await self.read(path, **filters)
        return answer

    async def text(self, path: str) -> str:
        """What stands at the path, as text."""
        return (await self._send("GET", path, (200,))).text

    async def all(self, path: str, **filters: Any) -> list[Json]:
        """Every item of a list, page by page."""
        items: list[Json] = []
        cursor: Mapping[str, str] = {}
        while True:
            page = await self.get(path, **filters, **cursor)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = {"cursor": page["next_cursor"]}

    async def post(self, path: str, body: Any = None, *, version: int | None = None) -> Json:
        """Does what the path names; ``version`` is the one read last, where something existing changes."""
        answer = await self._send("POST", path, (200, 201, 202, 204), **_content(body), version=version)
        result: Json = answer.json() if answer.content else {}
        return result

    async def refused(self, path: str, body: Any = None, *, version: int | None = None) -> Json:
        """The problem with which the platform refuses what a rule forbids."""
        answer = await self._send("POST", path, (409, 422), **_content(body), version=version)
        problem: Json = answer.json()
        return problem

    async def tried(self, path: str, body: Any) -> Json:
        """What came of it: the result, or the problem."""
        answer: Json = (await self._send("POST", path, (200, 201, 409, 422), json=body)).json()
        return answer

    async def _send(
        self, method: str, path: str, expected: tuple[int, ...], *, version: int | None = None, **content: Any
    ) -> httpx.Response:
        headers = {**self._headers, "accept-language": "en", **content.pop("headers", {})}
        if method == "POST":
            headers["idempotency-key"] = uuid4().hex
        if version is not None:
            headers["if-match"] = f'"{version}"'
        try:
            answer = await self._http.request(method, self._origins.url(path), headers=headers, **content)
        except httpx.HTTPError as error:
            raise StoryFailed(f"{method} {path} had no answer: {error!r}") from error
        if answer.status_code not in expected:
            wanted, told = " or ".join(map(str, expected)), answer.text[:2000]
            raise StoryFailed(f"{method} {path} gave {answer.status_code}, not {wanted}: {told}")
        return answer


def _content(body: Any) -> dict[str, Any]:
    if isinstance(body, str):
        return {"content": body.encode(), "headers": {"content-type": "text/csv; charset=utf-8"}}
    return {} if body is None else {"json": body}


def expect(holds: bool, what: str, seen: object) -> None:
    """Ends the story where something is not as it should be."""
    if not holds:
        raise StoryFailed(f"expected {what}, but saw: {seen}")


async def eventually(what: str, read: Callable[[], Awaitable[T]], holds: Callable[[T], bool]) -> T:
    """What ``read`` gives once it ``holds``; the events on their way have a minute to arrive."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds(seen := await read()):
        if time.monotonic() > deadline:
            raise StoryFailed(f"after {PATIENCE_SECONDS:.0f} s still not: {what}; last seen: {seen}")
        await asyncio.sleep(_POLL_SECONDS)
    return seen
