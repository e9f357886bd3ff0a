"""Writing down what came of attempts: those of all lanes together, many in one transaction."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM
from chuangpei.database import Transaction, is_worth_retrying
from chuangpei.events.webhook import EndpointDisabled
from chuangpei.outbox import emit

from webhook_svc.deliveries.lifecycle import State as DeliveryState
from webhook_svc.dispatch import repository
from webhook_svc.dispatch.health import FAILED_TOO_LONG, Health, Reason
from webhook_svc.dispatch.schedule import next_attempt, retry_after_of
from webhook_svc.dispatch.sending import Outcome
from webhook_svc.endpoints.lifecycle import Action, State
from webhook_svc.service import Service

log = logging.getLogger(__name__)
_TOGETHER = 500
_AGAIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was made: the ``number``-th for this event, ended at ``at`` (platform time)."""

    endpoint_id: UUID
    client_id: str
    seq: int
    number: int
    at: datetime
    outcome: Outcome


class Recorder:
    """Takes attempts as they end, and tells each when it is durable."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: list[tuple[Attempt, asyncio.Future[None]]] = []
        self._some = asyncio.Event()

    def keep(self, attempt: Attempt) -> "asyncio.Future[None]":
        """A future that is done once the attempt is written down."""
        kept = asyncio.get_running_loop().create_future()
        self._waiting.append((attempt, kept))
        self._some.set()
        return kept

    async def run(self) -> None:
        """Writes until cancelled; while the database is away nothing is forgotten."""
        while True:
            await self._some.wait()
            taken, self._waiting = self._waiting[:_TOGETHER], self._waiting[_TOGETHER:]
            if not self._waiting:
                self._some.clear()
            await self._write([attempt for attempt, _ in taken])
            for _, kept in taken:
                if not kept.done():
                    kept.set_result(None)

    async def _write(self, made: Sequence[Attempt]) -> None:
        while True:
            try:
                async with self._service.database.transaction() as tx:
                    await write_down(tx, self._service, made)
                return
            except Exception as error:
                if not is_worth_retrying(error):
                    raise
                log.warning("attempts wait to be written down: %r", error)
                await asyncio.sleep(_AGAIN_SECONDS)


async def write_down(tx: Transaction, service: Service, made: Sequence[Attempt]) -> None:
    """Settles the deliveries, logs the attempts, and keeps how each endpoint answers."""
    await _keep_health(tx, made)
    await repository.settle(tx, [_settled(one) for one in made])
    await repository.log_attempts(
        tx, [logged(one.endpoint_id, one.seq, one.number, one.at, one.outcome) for one in made]
    )


def logged(endpoint_id: UUID, seq: int | None, number: int, at: datetime, outcome: Outcome) -> dict[str, Any]:
    """The row of an attempt."""
    return {
        "endpoint_id": endpoint_id,
        "seq": seq,
        "number": number,
        "at": at,
        "milliseconds": outcome.milliseconds,
        "status": outcome.status,
        "error": outcome.error,
        "answer": outcome.answer,
    }


async def _keep_health(tx: Transaction, made: Sequence[Attempt]) -> None:
    its_own: dict[UUID, list[Attempt]] = defaultdict(list)
    for one in made:
        its_own[one.endpoint_id].append(one)
    healths = {}
    for lane in await repository.lanes_for_update(tx, list(its_own)):
        outcomes = [(one.outcome, one.at) for one in its_own[lane["endpoint_id"]]]
        healths[lane["endpoint_id"]] = health_of(lane).after(outcomes)
    await repository.keep_health(
        tx, [asdict(health) | {"endpoint_id": one} for one, health in healths.items()]
    )
    for endpoint_id, health in healths.items():
        reason = health.disabled_for([(one.outcome, one.at) for one in its_own[endpoint_id]])
        if reason and await repository.move(tx, endpoint_id, State.ACTIVE, State.DISABLED, reason):
            await _tell_disabled(tx, its_own[endpoint_id][-1], reason, health)


async def _tell_disabled(tx: Transaction, last: Attempt, reason: Reason, health: Health) -> None:
    await record(
        tx,
        SYSTEM,
        at=last.at,
        action=Action.DISABLE,
        object_type="endpoint",
        object_id=last.endpoint_id,
        from_state=State.ACTIVE,
        to_state=State.DISABLED,
        reason=reason,
    )
    since = health.failing_since if reason == FAILED_TOO_LONG else None
    event = EndpointDisabled(
        endpoint_id=last.endpoint_id, client_id=last.client_id, reason=reason, failing_since=since
    )
    await emit(tx, event, last.at)


def health_of(lane: Any) -> Health:
    """The health that a lane's row tells."""
    return Health(
        failures=lane["failures"],
        failing_since=lane["failing_since"],
        held_until=lane["held_until"],
        last_success_at=lane["last_success_at"],
        last_failure_at=lane["last_failure_at"],
    )


def _settled(one: Attempt) -> dict[str, Any]:
    kept = {"endpoint_id": one.endpoint_id, "seq": one.seq, "attempts": one.number}
    if one.outcome.delivered:
        return kept | {"state": DeliveryState.DELIVERED, "next_attempt_at": one.at, "delivered_at": one.at}
    again = next_attempt(one.number, one.at, retry_after_of(one.outcome.retry_after, one.at))
    state = DeliveryState.PENDING if again else DeliveryState.EXHAUSTED
    return kept | {"state": state, "next_attempt_at": again or one.at, "delivered_at": None}
