"""What happens to claim windows: opened by certificates, renumbered with them, closed by time."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from chuangpei.consumer import Message, NotYet
from chuangpei.database import Transaction
from chuangpei.events.cert import CertificateIssued, CertificateReissued
from chuangpei.events.subsidy import ClaimWindowOpened
from chuangpei.kernel.clock import Clock
from chuangpei.outbox import emit

from subsidy_svc.policy.parameters import Law, LawBook
from subsidy_svc.policy.periods import Period, claim_window, reminder_after
from subsidy_svc.windows import repository
from subsidy_svc.windows.window import edition_of, elapsed, may_open_a_window, window_of


async def open_windows(tx: Transaction, law: LawBook, clock: Clock, messages: Sequence[Message]) -> None:
    """Opens the windows of issued stage-3 合格证书 (S05, D01); outside the law's time none opens (D10)."""
    # Of a certificate told twice the first event counts, as it does when they come in two batches.
    first: dict[UUID, CertificateIssued] = {}
    for message in messages:
        event = message.event
        if isinstance(event, CertificateIssued) and may_open_a_window(event):
            first.setdefault(event.certificate_id, event)
    issued = list(first.values())
    terms_of = lru_cache(maxsize=None)(lambda day: _terms(day, law.on(day)))
    rows = [window_of(event, *terms_of(event.issued_on)) for event in issued if law.covers(event.issued_on)]
    without = [event.model_dump() for event in issued if not law.covers(event.issued_on)]
    if without:
        await repository.remember_without_window(tx, without)
    if rows:
        # Issued anew under this law, a certificate of an earlier one opens none either (D01, D10).
        known = await repository.known_without_window(tx, [event.certificate_id for event in issued])
        rows = [row for row in rows if row["certificate_id"] not in known]
        opened = await repository.open_all(tx, rows)
        events = [_opened(row) for row in rows if row["certificate_id"] in opened]
        await emit(tx, events, clock.now())


def _terms(issued_on: date, law: Law) -> tuple[Period, date | None]:
    """The window of a day of issue and the day of its first reminder."""
    window = claim_window(issued_on, law)
    return window, reminder_after(window.last_day, law, issued_on)


def _opened(row: dict[str, object]) -> ClaimWindowOpened:
    return ClaimWindowOpened.model_validate(row)


async def reissue(tx: Transaction, event: CertificateReissued) -> None:
    """The window goes on under the certificate's new number: it is never restarted (D01).

    Raises ``NotYet`` for a certificate not known yet.
    """
    if not may_open_a_window(event):
        return
    if await repository.load_for_update(tx, event.certificate_id):
        await repository.reissue(tx, event.certificate_id, edition_of(event))
    elif not await repository.known_without_window(tx, [event.certificate_id]):
        raise NotYet(f"certificate {event.certificate_id} is not known yet")


async def close_elapsed_windows(tx: Transaction, today: date, clock: Clock, most: int = 500) -> int:
    """Tells once, of each window whose last whole day is over, that it closed (S05); returns how many."""
    rows = await repository.close_elapsed(tx, today, most)
    events = [elapsed(row["certificate_id"], row["person_key"], row["last_day"]) for row in rows]
    await emit(tx, events, clock.now())
    return len(events)


async def correct_provisional_windows(tx: Transaction, law: LawBook) -> int:
    """Settles provisional last days once their year's holidays are known (D01); returns how many."""
    corrected = 0
    for day in await repository.provisional_days(tx):
        window = claim_window(day, law.on(day))
        if not window.provisional:
            first = reminder_after(window.last_day, law.on(day), day)
            corrected += await repository.correct(tx, day, window, first)
    return corrected
