"""One lane (投递通道): delivers what is due to one endpoint, within its rate and what may be in flight.

Nothing here waits for another endpoint: a receiver that hangs hinders itself alone.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

from chuangpei.database import Row

from webhook_svc.dispatch import repository
from webhook_svc.dispatch.health import Health
from webhook_svc.dispatch.oauth import Tokens
from webhook_svc.dispatch.pinging import ping
from webhook_svc.dispatch.recording import Attempt, Recorder
from webhook_svc.dispatch.requests import Receiver, send
from webhook_svc.dispatch.sending import Sender
from webhook_svc.endpoints.lifecycle import State
from webhook_svc.service import Service

_AT_ONCE = 200
_LOOK_AGAIN_SECONDS = 0.5


@dataclass(slots=True)
class Lane:
    """Serves one endpoint until nothing is due, or it is to be left alone for a while."""

    service: Service
    sender: Sender
    tokens: Tokens
    recorder: Recorder
    endpoint_id: UUID
    health: Health
    _queue: deque[Row] = field(default_factory=deque)
    _busy: set[int] = field(default_factory=set)
    _sending: set["asyncio.Task[None]"] = field(default_factory=set)
    _unwritten: set["asyncio.Future[None]"] = field(default_factory=set)
    _next_at: float = 0.0

    async def run(self) -> bool:
        """Pings an endpoint that was resumed, or drains one that is active; whether anything was sent.

        Nothing is where all that is due waits behind something else, or is no longer granted.
        """
        endpoint = await repository.served_endpoint(self.service.database, self.endpoint_id)
        if endpoint is None:
            return False
        if endpoint["state"] == State.PINGED:
            receiver = await Receiver.of(self.service, endpoint)
            await ping(self.service, self.sender, self.tokens, endpoint, receiver)
            return True
        try:
            return await self._drain()
        finally:
            for task in self._sending:
                task.cancel()

    async def _drain(self) -> bool:
        sent = False
        while True:
            found = None if self._is_held() else await self._look()
            if found is not None:
                sent = True
                await self._start(*found)
            working = self._sending | self._unwritten
            if not working:
                return sent
            await asyncio.wait(working, timeout=_LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)

    async def _look(self) -> tuple[Row, Receiver] | None:
        """The endpoint as it is now, and what is due put in line; None where it is served no more."""
        endpoint = await repository.served_endpoint(self.service.database, self.endpoint_id)
        if endpoint is None or endpoint["state"] != State.ACTIVE:
            return None
        now = self.service.clock.now()
        rows = await repository.due(self.service.database, endpoint, now, list(self._busy), _AT_ONCE)
        self._queue.extend(rows)
        self._busy.update(row["seq"] for row in rows)
        return (endpoint, await Receiver.of(self.service, endpoint)) if rows else None

    async def _start(self, endpoint: Row, receiver: Receiver) -> None:
        """Sends what is in line, as much at a time as is allowed; what is left when it is held goes back."""
        while self._queue and not self._is_held():
            while len(self._sending) >= self._width(endpoint):
                await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)
                if self._is_held():
                    break
            else:
                await self._pace(endpoint["most_a_second"])
                task = asyncio.create_task(self._deliver(endpoint, receiver, self._queue.popleft()))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
        self._busy.difference_update(row["seq"] for row in self._queue)
        self._queue.clear()

    async def _deliver(self, endpoint: Row, receiver: Receiver, event: Row) -> None:
        content = receiver.body_of(event)
        webhook_id = f"msg_{event['event_id']}"
        outcome = await send(self.sender, self.tokens, receiver, webhook_id, content, event["traceparent"])
        at, seq = self.service.clock.now(), event["seq"]
        self.health = self.health.after([(outcome, at)])
        attempt = Attempt(self.endpoint_id, endpoint["client_id"], seq, event["attempts"] + 1, at, outcome)
        written = self.recorder.keep(attempt)
        self._unwritten.add(written)
        written.add_done_callback(self._unwritten.discard)
        written.add_done_callback(lambda _: self._busy.discard(seq))

    def _width(self, endpoint: Row) -> int:
        """How much may be in flight: one alone while it is not known to answer again."""
        return 1 if self.health.held_until else int(endpoint["most_in_flight"])

    def _is_held(self) -> bool:
        until = self.health.held_until
        return until is not None and until > self.service.clock.now()

    async def _pace(self, most_a_second: int) -> None:
        """Waits for the next turn; short waits are saved up, for sleeping costs more than they last."""
        now = time.monotonic()
        self._next_at = max(self._next_at, now - 0.1) + 1 / most_a_second
        if self._next_at - now > 0.01:
            await asyncio.sleep(self._next_at - now)
