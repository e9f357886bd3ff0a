"""One attempt at one receiver: post, and tell what came of it. No transaction is open meanwhile."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import BaseConnector, ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar

from webhook_svc.dispatch.egress import ForbiddenAddress

if TYPE_CHECKING:
    import ssl

GONE = 410
_ANSWERED = range(200, 300)
_MOST_TO_READ = 65_536
_BODY_SECONDS = 1.0
_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the status answered, or the error that kept one from coming."""

    milliseconds: int
    status: int | None = None
    error: str | None = None
    answer: str | None = None
    retry_after: str | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it: any 2xx. A redirect is a failure (Standard Webhooks)."""
        return self.status in _ANSWERED


class Sender:
    """Posts to receivers through one session, whose connector keeps to the rule for addresses."""

    def __init__(self, session: ClientSession, *, answer_bytes: int) -> None:
        self._session = session
        self._answer_bytes = answer_bytes

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, tls: "ssl.SSLContext | None" = None
    ) -> Outcome:
        """Posts once; never raises for what a receiver or the network does."""
        begun = time.monotonic()
        try:
            async with self._session.post(
                url, data=body, headers=headers, allow_redirects=False, ssl=tls or True
            ) as response:
                answer = await _read(response)
                return Outcome(
                    _since(begun),
                    status=response.status,
                    answer=_readable(answer[: self._answer_bytes]),
                    retry_after=response.headers.get("retry-after"),
                )
        except (ClientError, OSError, ValueError) as error:
            return Outcome(_since(begun), error=_told(error))


def session_of(connector: BaseConnector, attempt_seconds: float) -> ClientSession:
    """A session that follows nothing, keeps no cookies, trusts no proxy, and gives each attempt its time."""
    return ClientSession(
        connector=connector,
        timeout=ClientTimeout(total=attempt_seconds),
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        headers={"user-agent": "Chuangpei-Webhooks/1"},
    )


async def _read(response: ClientResponse) -> bytes:
    """The beginning of an answer; one that is long or slow is cut off with its connection.

    The status has said by then whether the event was taken.
    """
    read = bytearray()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_BODY_SECONDS):
            while len(read) < _MOST_TO_READ:
                part = await response.content.read(_MOST_TO_READ - len(read))
                if not part:
                    return bytes(read)
                read += part
    response.close()
    return bytes(read)


def _told(error: BaseException) -> str:
    if isinstance(error, asyncio.TimeoutError):
        return "timeout"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ForbiddenAddress):
            return "address not permitted"
        cause = getattr(cause, "os_error", None) or cause.__cause__
    return f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]


def _readable(answer: bytes) -> str:
    """Text that PostgreSQL keeps, whatever the receiver sent."""
    return answer.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1_000)
