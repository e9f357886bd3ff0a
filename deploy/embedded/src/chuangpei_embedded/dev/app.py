"""The development tools of the embedded run: issuer and clock. Nowhere else do they exist."""

from pathlib import Path

from chuangpei.development import DevelopmentIssuer
from chuangpei.kernel.clock import DevelopmentClock
from chuangpei.service import RefusedToStart
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from chuangpei_embedded.dev.clock import clock_router
from chuangpei_embedded.dev.issuer import issuer_router
from chuangpei_embedded.keys import ISSUER_FILE

CLOCK_FILE = "clock"
_LOOPBACK = ("127.0.0.1", "::1")


class LoopbackOnly:
    """Answers this machine alone, also when a web page elsewhere points its own name at it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_loopback(scope):
            await PlainTextResponse("loopback only\n", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_loopback(scope: Scope) -> bool:
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    client = scope.get("client")
    return client is not None and client[0] in _LOOPBACK and name in ("localhost", "127.0.0.1", "[::1]")


def create_dev_app(folder: Path, environment: str) -> FastAPI:
    """The tools over the keys and the clock of ``folder``; raises ``RefusedToStart`` outside ``embedded``."""
    refuse_outside_embedded(environment)
    app = FastAPI(
        title="开发工具 · Development tools", docs_url=None, redoc_url=None, openapi_url="/dev/openapi.json"
    )
    app.include_router(issuer_router(DevelopmentIssuer(folder / ISSUER_FILE)))
    app.include_router(clock_router(DevelopmentClock(folder / CLOCK_FILE)))
    app.add_middleware(LoopbackOnly)
    return app


def refuse_outside_embedded(environment: str) -> None:
    """Raises :class:`RefusedToStart` unless this is the embedded run."""
    if environment != "embedded":
        raise RefusedToStart("development tools and simulators are for the embedded run only")
