"""The city's platform over HTTP, told in the shape of a mapping."""

import asyncio
import ssl
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from chuangpei.kernel.clock import Clock
from chuangpei.service import RefusedToStart

from subsidy_svc.ports.platform import NotTaken, Push, Taken
from subsidy_svc.ports.platform_mapping import Keys, Mapping, NotShaped
from subsidy_svc.settings import Settings

_MOST_ANSWER_BYTES = 65_536
_SHOWN_CHARACTERS = 200
_LONGEST_WAIT_SECONDS = 86_400.0
# Not about the message: the platform is overloaded, has moved, or does not know us.
_AWAY = frozenset({401, 403, 404, 405, 407, 408, 421, 425, 429})


class HttpPlatform:
    """The platform at one address, with pooled connections; no redirect is followed."""

    def __init__(
        self,
        url: str,
        mapping: Mapping,
        clock: Clock,
        timeout_seconds: float,
        *,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self._url = url
        self._mapping = mapping
        self._clock = clock
        self._timeout = timeout_seconds
        self._client = httpx.AsyncClient(timeout=timeout_seconds, verify=verify)

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "HttpPlatform | None":
        """The platform of the settings; None where they name none.

        Raises :class:`RefusedToStart` for a mapping that cannot be used, and for HTTP without TLS outside the
        embedded run.
        """
        if settings.platform_url is None:
            return None
        parts = urlsplit(settings.platform_url)
        allowed = ("https", "http") if settings.environment == "embedded" else ("https",)
        if parts.scheme not in allowed or not parts.hostname:
            raise RefusedToStart(f"platform_url must begin with {' or '.join(allowed)}:// and name a host")
        mapping = Mapping.load(settings.platform_mapping, Keys.of(settings))
        ca = settings.platform_ca
        verify = True if ca is None else ssl.create_default_context(cafile=str(ca))
        return cls(settings.platform_url, mapping, clock, settings.platform_timeout_seconds, verify=verify)

    async def tell(self, push: Push) -> Taken | NotTaken:
        """Whether the platform took it; the whole exchange has one limit of time."""
        try:
            message = self._mapping.shaped(push, self._clock.now())
        except NotShaped as error:
            return NotTaken(str(error)[:_SHOWN_CHARACTERS], away=False)
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client.stream(
                    "POST", self._url, content=message.content, headers=message.headers
                ) as reply,
            ):
                answer = await _beginning(reply)
        except (httpx.HTTPError, TimeoutError) as error:
            return NotTaken(type(error).__name__, away=True)
        if self._mapping.is_taken(reply.status_code, _json(answer)):
            return Taken()
        return _not_taken(reply, answer)

    async def close(self) -> None:
        """Lets go of its connections."""
        await self._client.aclose()


async def _beginning(reply: httpx.Response) -> bytes:
    """As much of an answer as anybody needs."""
    answer = bytearray()
    async for part in reply.aiter_bytes():
        answer += part
        if len(answer) >= _MOST_ANSWER_BYTES:
            break
    return bytes(answer[:_MOST_ANSWER_BYTES])


def _json(answer: bytes) -> Any:
    try:
        return orjson.loads(answer)
    except orjson.JSONDecodeError:
        return None


def _not_taken(reply: httpx.Response, answer: bytes) -> NotTaken:
    status = reply.status_code
    shown = " ".join(answer.decode("utf-8", "replace").replace("\0", "").split())
    away = status in _AWAY or status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.is_redirect
    return NotTaken(f"HTTP {status} {shown[:_SHOWN_CHARACTERS]}".rstrip(), away, _retry_after(reply))


def _retry_after(reply: httpx.Response) -> float:
    """The seconds to wait that the answer asks for; its other form, a date, needs the platform's clock."""
    text = reply.headers.get("retry-after", "").strip()
    return min(float(text), _LONGEST_WAIT_SECONDS) if text.isascii() and text.isdigit() else 0.0
