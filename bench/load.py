"""A small HTTP load generator for loopback: keep-alive connections, one request under way on each.

It runs in a process of its own, so that the server has a core to itself. Bounded by count: every request is made
once, and anything but the expected status ends the run.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httptools
import uvloop


@dataclass(frozen=True, slots=True)
class Latencies:
    """What one run measured: requests a second, and milliseconds at the median and the 99th percentile."""

    per_second: float
    p50_ms: float
    p99_ms: float


class _Connection(asyncio.Protocol):
    def __init__(self, requests: list[bytes], expected: int, latencies: list[float], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._expected = expected
        self._latencies = latencies
        self._done = done
        self._parser = httptools.HttpResponseParser(self)
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def on_message_complete(self) -> None:
        self._latencies.append(time.perf_counter() - self._sent_at)
        status = self._parser.get_status_code()
        if status != self._expected and not self._done.done():
            self._done.set_exception(RuntimeError(f"expected {self._expected}, got {status}"))
            self._transport.close()
            return
        self._parser = httptools.HttpResponseParser(self)
        self._next()

    def _next(self) -> None:
        if not self._requests:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests.pop())


async def _run(port: int, requests: list[bytes], connections: int, expected: int) -> Latencies:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    finished = [loop.create_future() for _ in range(connections)]
    begun = time.perf_counter()
    for done in finished:
        await loop.create_connection(
            lambda done=done: _Connection(requests, expected, latencies, done), "127.0.0.1", port  # type: ignore[misc]
        )
    await asyncio.gather(*finished)
    seconds = time.perf_counter() - begun
    ordered = sorted(latencies)
    return Latencies(
        len(ordered) / seconds, ordered[len(ordered) // 2] * 1e3, ordered[int(len(ordered) * 0.99)] * 1e3
    )


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of one HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def drive(port: int, requests: Sequence[bytes], *, connections: int = 32, expected: int = 200) -> Latencies:
    """Sends the requests from another process and waits for its figures."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__)),
        str(port),
        str(connections),
        str(expected),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    framed = b"".join(len(one).to_bytes(4, "big") + one for one in requests)
    out, _ = await process.communicate(framed)
    if process.returncode:
        raise RuntimeError("the load did not finish")
    return Latencies(**json.loads(out))


def main() -> None:
    port, connections, expected = (int(value) for value in sys.argv[1:4])
    framed, requests, at = sys.stdin.buffer.read(), [], 0
    while at < len(framed):
        length = int.from_bytes(framed[at : at + 4], "big")
        requests.append(framed[at + 4 : at + 4 + length])
        at += 4 + length
    requests.reverse()
    found = uvloop.run(_run(port, requests, connections, expected))
    print(json.dumps({"per_second": found.per_second, "p50_ms": found.p50_ms, "p99_ms": found.p99_ms}))


if __name__ == "__main__":
    main()
