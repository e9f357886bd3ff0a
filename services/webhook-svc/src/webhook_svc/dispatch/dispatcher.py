"""The dispatcher (投递): takes lanes with something due and serves each on its own, until cancelled.

All state is in PostgreSQL. A process that dies loses nothing: its leases end within half a minute, and
another one makes its attempts again, with the same ids.
"""

import asyncio
import logging
from uuid import UUID

from chuangpei.database import Row, is_worth_retrying
from chuangpei.kernel.identifiers import new_id

from webhook_svc.dispatch import repository
from webhook_svc.dispatch.lane import Lane
from webhook_svc.dispatch.oauth import Tokens
from webhook_svc.dispatch.recording import Recorder, health_of
from webhook_svc.dispatch.sending import Sender, session_of
from webhook_svc.service import Service

log = logging.getLogger(__name__)
_RENEW_SECONDS = 10.0


class Dispatcher:
    """One dispatcher of a worker process."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._me = new_id()
        self._lanes: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Dispatches until cancelled."""
        service = self._service
        async with session_of(service.egress.connector(), service.settings.attempt_seconds) as session:
            sender = Sender(session, answer_bytes=service.settings.answer_bytes)
            tokens, recorder = Tokens(session), Recorder(service)
            helpers = [asyncio.create_task(recorder.run()), asyncio.create_task(self._keep_leases())]
            try:
                while True:
                    await self._take(sender, tokens, recorder)
                    await self._pause(helpers)
            finally:
                await _stopped([*helpers, *self._lanes.values()])
                await self._let_go(list(self._lanes))

    async def _take(self, sender: Sender, tokens: Tokens, recorder: Recorder) -> None:
        free = self._service.settings.lanes - len(self._lanes)
        if free <= 0:
            return
        try:
            now = self._service.clock.now()
            rows = await repository.take_lanes(self._service.database, self._me, now, free)
        except Exception as error:
            if not is_worth_retrying(error):
                raise
            log.warning("the dispatcher waits: %r", error)
            return
        for row in rows:
            lane = Lane(self._service, sender, tokens, recorder, row["endpoint_id"], health_of(row))
            self._lanes[row["endpoint_id"]] = asyncio.create_task(self._serve(lane, row))

    async def _serve(self, lane: Lane, row: Row) -> None:
        endpoint_id, sent = row["endpoint_id"], False
        try:
            sent = await lane.run()
        except Exception as error:
            if not is_worth_retrying(error):
                log.exception("a lane failed; it is taken again")
        await self._let_go([endpoint_id])
        self._lanes.pop(endpoint_id, None)
        if sent:
            self._service.waking.wake()  # something may have come due while it closed

    async def _pause(self, helpers: list["asyncio.Task[None]"]) -> None:
        for helper in helpers:
            if helper.done():
                helper.result()  # its failure is ours: the job is started again
        await self._service.waking.wait(self._service.settings.poll_seconds)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            held = list(self._lanes)
            try:
                kept = await repository.renew_leases(self._service.database, self._me, held)
            except Exception as error:
                if not is_worth_retrying(error):
                    raise
                continue
            for endpoint_id in set(held) - kept:
                if lane := self._lanes.pop(endpoint_id, None):
                    lane.cancel()  # another process serves it now

    async def _let_go(self, endpoint_ids: list[UUID]) -> None:
        try:
            await repository.give_back(self._service.database, self._me, endpoint_ids)
        except Exception as error:
            if not is_worth_retrying(error):
                raise
            log.warning("leases are left to end by themselves: %r", error)


async def _stopped(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
