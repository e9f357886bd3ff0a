"""What time does to public notices: a provisional last day becomes exact (公示期; D04)."""

from collections.abc import Sequence

from chuangpei.auth import SYSTEM
from chuangpei.database import Row, Transaction
from chuangpei.events.subsidy import ClaimNoticeSettled
from chuangpei.kernel.clock import Clock
from chuangpei.outbox import emit

from subsidy_svc.bulk import record_all
from subsidy_svc.claims.repository import claim_from
from subsidy_svc.notices import repository
from subsidy_svc.policy.parameters import LawBook
from subsidy_svc.policy.periods import Period, notice_period


async def settle_last_days(tx: Transaction, law: LawBook, clock: Clock) -> int:
    """Makes provisional last days exact once their year's holidays are known; returns how many (D04).

    A notice is then five working days by the published calendar, and never ends before the day it told.
    """
    settled = 0
    for first_day, issued_on in await repository.provisional(tx):
        exact = notice_period(first_day, law.on(issued_on))
        if not exact.provisional:
            rows = await repository.to_settle(tx, first_day, issued_on)
            await _settle(tx, clock, rows, exact)
            settled += len(rows)
    return settled


async def _settle(tx: Transaction, clock: Clock, rows: Sequence[Row], exact: Period) -> None:
    ids = [row["id"] for row in rows]
    await repository.settle(tx, ids, exact.last_day)
    await record_all(
        tx,
        SYSTEM,
        at=clock.now(),
        action="claim.settle_notice",
        object_type="claim",
        objects=ids,
        reason=f"{exact.first_day}–{exact.last_day}",
    )
    events = [
        claim_from(row).event(
            ClaimNoticeSettled,
            clock.today(),
            notice_first_day=exact.first_day,
            notice_last_day=max(exact.last_day, row["notice_last_day"]),
        )
        for row in rows
    ]
    await emit(tx, events, clock.now())
