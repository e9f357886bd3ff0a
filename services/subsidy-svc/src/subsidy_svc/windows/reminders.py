"""Reminders (申领期届满提醒): windows that come to their end while nothing is claimed in them (S05)."""

from datetime import date
from uuid import UUID

from chuangpei.database import Row, Transaction
from chuangpei.events.subsidy import ClaimWindowClosing
from chuangpei.outbox import emit

from subsidy_svc.law.published import refresh
from subsidy_svc.policy.periods import reminder_after, reminder_reached
from subsidy_svc.service import Service
from subsidy_svc.windows import repository


async def remind(tx: Transaction, service: Service, most: int = 500) -> int:
    """Tells once, at each of the law's numbers of days before the end; returns how many windows were due.

    A window in which a claim stands passes its reminders silently: should the claim end unpaid, the next
    one is told. Of several that fell due together only the nearest to the end is told.
    """
    await refresh(tx, service.law)
    today = service.clock.today()
    events, following = [], dict[UUID, date | None]()
    for row in await repository.to_remind(tx, today, most):
        law = service.law.on(row["issued_on"])
        days = reminder_reached(row["last_day"], law, today)
        if days is not None and not row["is_claimed"]:
            events.append(_closing(row, days))
        following[row["certificate_id"]] = reminder_after(row["last_day"], law, today)
    if following:
        await repository.remind_next(tx, following)
    await emit(tx, events, service.clock.now())
    return len(following)


def _closing(row: Row, days: int) -> ClaimWindowClosing:
    return ClaimWindowClosing(
        certificate_id=row["certificate_id"],
        person_key=row["person_key"],
        district=row["district"],
        last_day=row["last_day"],
        last_day_provisional=row["last_day_provisional"],
        days_before=days,
    )
