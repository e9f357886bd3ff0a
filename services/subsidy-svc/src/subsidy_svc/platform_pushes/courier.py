"""Carrying pushes to the platform: leased from the queue, sent outside any transaction, tried again later."""

import asyncio
import logging
import random

from chuangpei.database import Row

from subsidy_svc.claims.lifecycle import State as ClaimState
from subsidy_svc.claims.origin import Channel
from subsidy_svc.platform_pushes import repository
from subsidy_svc.platform_pushes.lifecycle import State
from subsidy_svc.ports.platform import NotTaken, Platform, Push, Taken
from subsidy_svc.service import Service

log = logging.getLogger(__name__)

_AT_ONCE = 16
_AWAY_IN_A_ROW = 5
# A lease outlives the exchange by far: only a worker that died or hung leaves a push to another.
_TIMEOUTS_A_LEASE = 6
_MOST_DOUBLINGS = 40


class Courier:
    """Sends what is due, at most 16 at once; one a service process.

    Where the platform fails five times in a row for reasons of its own, or asks to be left alone, it is: for
    twice as long each time, and then it is asked with a single push. The others keep their tries meanwhile.
    """

    def __init__(self, service: Service, platform: Platform) -> None:
        self._service = service
        self._platform = platform
        self._away = 0
        self._pause_seconds = 0.0
        self._paused_until = 0.0

    async def carry(self) -> int:
        """Sends what is due now; returns how many the platform took."""
        if _now() < self._paused_until:
            return 0
        settings = self._service.settings
        most = 1 if self._pause_seconds else _AT_ONCE
        async with self._service.database.transaction() as tx:
            lease = settings.platform_timeout_seconds * _TIMEOUTS_A_LEASE
            due = await repository.take_due(tx, most, lease)
        return sum(await asyncio.gather(*(self._send(row) for row in due)))

    async def _send(self, row: Row) -> bool:
        outcome = await self._platform.tell(_push(row))
        self._remember(outcome)
        async with self._service.database.transaction() as tx:
            if isinstance(outcome, Taken):
                return await repository.delivered(tx, row, self._service.clock.now())
            last = row["attempts"] >= self._service.settings.platform_tries
            state = State.GIVEN_UP if last else State.WAITING
            written = await repository.failed(tx, row, outcome.error, state, self._delay(row, outcome))
        if last and written:
            log.error("push %s of case %s was given up: %s", row["id"], row["case_number"], outcome.error)
        return False

    def _delay(self, row: Row, outcome: NotTaken) -> float:
        """Seconds to the next try: twice as long each time, never sooner than the platform asks for."""
        settings = self._service.settings
        doublings: int = min(row["attempts"] - 1, _MOST_DOUBLINGS)
        doubled = settings.platform_first_delay_seconds * 2.0**doublings
        longest = min(doubled, settings.platform_longest_delay_seconds)
        return max(longest * random.uniform(0.75, 1.25), outcome.retry_after_seconds)  # noqa: S311  # jitter

    def _remember(self, outcome: Taken | NotTaken) -> None:
        if isinstance(outcome, Taken) or not outcome.away:
            self._away, self._pause_seconds = 0, 0.0
            return
        self._away += 1
        if self._away >= _AWAY_IN_A_ROW or outcome.retry_after_seconds:
            self._pause(outcome)

    def _pause(self, outcome: NotTaken) -> None:
        if _now() < self._paused_until:
            return  # one that was sent at the same moment has said so
        settings = self._service.settings
        doubled = max(settings.platform_first_delay_seconds, 2 * self._pause_seconds)
        self._pause_seconds = min(doubled, settings.platform_longest_pause_seconds)
        seconds = max(self._pause_seconds, outcome.retry_after_seconds)
        self._paused_until = _now() + seconds
        log.warning("the platform is left alone for %.0f s: %s", seconds, outcome.error)


def _push(row: Row) -> Push:
    return Push(
        message_id=row["id"],
        number=row["number"],
        case_number=row["case_number"],
        channel=Channel(row["channel"]),
        claim_id=row["claim_id"],
        state=ClaimState(row["claim_state"]),
        changed_at=row["changed_at"],
        reason=row["reason"],
        article=row["article"],
        due_on=row["due_on"],
        notice_last_day=row["notice_last_day"],
        district=row["district"],
        certificate_number=row["certificate_number"],
        holder=row["masked_name"],
        institution_name=row["institution_name"],
        project_name=row["project_name"],
        amount_fen=row["amount_fen"],
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
