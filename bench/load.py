"""A small HTTP load generator for loopback: keep-alive connections, one request under way on each.

It runs in a process of its own, so that the server has a core to itself. Bounded by count and by time: every
request is made once; another status than the expected one, a closed connection or a slow end fails the run.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

_GRACE_SECONDS = 5.0


class LoadFailed(Exception):  # noqa: N818  # reads as what happened
    """The load did not come to its end; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Latencies:
    """What one run measured: requests a second, and milliseconds at the median and the 99th percentile."""

    per_second: float
    p50_ms: float
    p99_ms: float


class _Connection(asyncio.Protocol):
    def __init__(self, run: "_Run", done: asyncio.Future[None]) -> None:
        import httptools  # in the load's own process only

        self._run = run
        self._done = done
        self._parser = httptools.HttpResponseParser(self)
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except Exception as error:
            self._fail(f"not HTTP: {error!r}: {data[:200]!r}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"the server closed the connection: {exc!r}")

    def on_body(self, body: bytes) -> None:
        if self._parser.get_status_code() != self._run.expected:
            self._fail(f"expected {self._run.expected}, got {self._parser.get_status_code()}: {body[:600]!r}")

    def on_message_complete(self) -> None:
        self._run.latencies.append(time.perf_counter() - self._sent_at)
        status = self._parser.get_status_code()
        if status != self._run.expected:
            self._fail(f"expected {self._run.expected}, got {status}")
        else:
            self._next()

    def _next(self) -> None:
        if self._run.requests:
            self._sent_at = time.perf_counter()
            self._transport.write(self._run.requests.pop())
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()

    def _fail(self, reason: str) -> None:
        if not self._done.done():
            self._done.set_exception(LoadFailed(reason))
            self._transport.close()


@dataclass(slots=True)
class _Run:
    requests: list[bytes]
    expected: int
    latencies: list[float]


async def _drive(port: int, run: _Run, connections: int, seconds: float) -> Latencies:
    loop = asyncio.get_running_loop()
    finished: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]
    async with asyncio.timeout(seconds):
        begun = time.perf_counter()
        for done in finished:
            await loop.create_connection(lambda done=done: _Connection(run, done), "127.0.0.1", port)  # type: ignore[misc]  # binds done
        await asyncio.gather(*finished)
        took = time.perf_counter() - begun
    ordered = sorted(run.latencies)
    return Latencies(
        per_second=len(ordered) / took,
        p50_ms=ordered[len(ordered) // 2] * 1e3,
        p99_ms=ordered[int(len(ordered) * 0.99)] * 1e3,
    )


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """The bytes of one HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def drive(
    port: int, requests: Sequence[bytes], *, connections: int = 32, expected: int = 200, seconds: float = 60.0
) -> Latencies:
    """Sends the requests from another process; raises :class:`LoadFailed` unless that ends well in time."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__)),
        *map(str, (port, connections, expected, seconds)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    framed = b"".join(len(one).to_bytes(4, "big") + one for one in requests)
    try:
        async with asyncio.timeout(seconds + _GRACE_SECONDS):
            out, err = await process.communicate(framed)
    except TimeoutError:
        raise LoadFailed(f"no end within {seconds + _GRACE_SECONDS:.0f} seconds") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise LoadFailed(err.decode(errors="replace").strip().rpartition("\n")[2])
    return Latencies(**json.loads(out))


def _read(framed: bytes) -> list[bytes]:
    requests, at = [], 0
    while at < len(framed):
        length = int.from_bytes(framed[at : at + 4], "big")
        requests.append(framed[at + 4 : at + 4 + length])
        at += 4 + length
    requests.reverse()
    return requests


def main() -> None:
    """The load's own process: frames on standard input, figures on standard output."""
    import gc

    import uvloop

    port, connections, expected = (int(value) for value in sys.argv[1:4])
    requests = _read(sys.stdin.buffer.read())
    gc.disable()
    found = uvloop.run(
        _drive(port, _Run(requests, expected, []), min(connections, len(requests)), float(sys.argv[4]))
    )
    sys.stdout.write(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
