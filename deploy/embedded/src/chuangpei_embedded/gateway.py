"""One origin before several apps: the first segment of the path chooses, every app's lifespan is run."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

HOST = "127.0.0.1"


class PortTaken(Exception):  # noqa: N818  # reads as what happened
    """Another program listens on the port that was asked for."""


class Gateway:
    """An ASGI app made of others. ``apps`` maps a first segment to its app; ``""`` takes everything else."""

    def __init__(self, apps: Mapping[str, FastAPI]) -> None:
        self._apps = apps
        self._rest: ASGIApp = apps[""]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands a request on unchanged: the apps know their whole paths."""
        segment = scope["path"].lstrip("/").partition("/")[0]
        await self._apps.get(segment, self._rest)(scope, receive, send)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Every app is alive inside the block; they end in the opposite order."""
        async with AsyncExitStack() as stack:
            for app in self._apps.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            yield


class _Server(uvicorn.Server):
    """Leaves the signals to whoever runs the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(port: int) -> socket.socket:
    """A listening socket on loopback, 0 for any free port; raises :class:`PortTaken`."""
    try:
        return socket.create_server((HOST, port), backlog=1024)
    except OSError as error:
        raise PortTaken(f"{HOST}:{port}: {error.strerror}") from error


def origin_of(listener: socket.socket) -> str:
    """The address under which the socket answers."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


@asynccontextmanager
async def serving(gateway: Gateway, listener: socket.socket) -> AsyncIterator[None]:
    """The gateway alive and answering on the socket inside the block; requests under way are finished."""
    config = uvicorn.Config(
        gateway,
        lifespan="off",
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=False,  # nothing stands before it
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    async with gateway.living():
        answering = asyncio.create_task(server.serve([listener]))
        try:
            yield
        finally:
            server.should_exit = True
            await answering
