"""What people do to payment batches: draft, discard, seal, hand over, receive, return, export (S10, D05)."""

from datetime import date
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import FOUR_EYES, NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import may_see_district
from subsidy_svc.budgets.use_cases import draw
from subsidy_svc.ledger.chart import Occasion
from subsidy_svc.ledger.posting import post
from subsidy_svc.payments import content, repository
from subsidy_svc.payments.batch import Batch, Change
from subsidy_svc.payments.entries import entries_of_years
from subsidy_svc.payments.lifecycle import Action, State
from subsidy_svc.payments.schemas import BatchView, batch_view
from subsidy_svc.problems import DRAFT_EXISTS, NOT_AS_SEALED, NOTHING_TO_PAY
from subsidy_svc.service import Service

_ANOTHER_RELEASES = Text(
    "审核过本批次中申领的人不得封存或上报（D05）",
    "Who approved a claim of the batch may not release it (D05)",
)


async def draft(tx: Transaction, service: Service, officer: Principal) -> BatchView | Refusal:
    """Drafts a batch of every cleared claim of the district that is in none (S09, S10).

    A draft that revocations have emptied is filled anew: else it would bar the district's next batch.
    """
    assert officer.district is not None, "a district officer has a district"
    await repository.lock_for_drafting(tx, officer.district)
    batch = await repository.draft_for_update(tx, officer.district)
    if batch is None:
        batch = await _added(tx, service, officer.district)
    elif await repository.has_pending(tx, batch.id):
        return Refusal(DRAFT_EXISTS)
    else:
        await repository.save(tx, batch)
    drafted = await repository.fill(tx, batch)
    if drafted == 0:
        return Refusal(NOTHING_TO_PAY)
    await record(
        tx,
        officer,
        at=service.clock.now(),
        action="batch.draft",
        object_type="batch",
        object_id=batch.id,
        to_state=batch.state,
        details={"lines": drafted},
    )
    batch.lines = drafted
    return batch_view(batch)


async def _added(tx: Transaction, service: Service, district: str) -> Batch:
    now = service.clock.now()
    number = await _number(tx, district, service.clock.today())
    batch = Batch(id=new_id(), number=number, district=district, state=State.DRAFT, drafted_at=now)
    await repository.add(tx, batch)
    return batch


async def discard(
    tx: Transaction, service: Service, officer: Principal, batch_id: UUID, version: int, reason: str
) -> BatchView | Refusal:
    """The district gives a draft up: its claims are free for another batch (作废; S10)."""
    batch = await _changeable(tx, officer, batch_id, version)
    if isinstance(batch, Refusal):
        return batch
    change = batch.discard(reason)
    if isinstance(change, Refusal):
        return change
    batch.lines = await repository.remove_lines(tx, batch.id)
    return await keep(tx, service, officer, batch, State.DRAFT, change, Action.DISCARD)


async def seal(
    tx: Transaction, service: Service, officer: Principal, batch_id: UUID, version: int
) -> BatchView | Refusal:
    """Fixes the batch with its control totals (S10); nobody who approved one of its claims may (D05).

    Refused with the figures where a budget has less left than the batch needs (O04).
    """
    batch = await _releasable(tx, officer, batch_id, version)
    if isinstance(batch, Refusal):
        return batch
    by_year = await content.by_fund_year(tx, batch.id)
    if not by_year:
        return Refusal(NOTHING_TO_PAY)
    totals = await content.totals_of(tx, batch.id, by_year)
    change = batch.seal(totals, service.clock.now(), service.clock.today())
    if isinstance(change, Refusal):
        return change
    short = await draw(tx, batch.district, {year: fen for year, _, fen in by_year})
    if short is not None:
        return short
    await post(tx, service, officer, entries_of_years(Occasion.SEAL, batch, by_year))
    return await keep(tx, service, officer, batch, State.DRAFT, change, Action.SEAL)


async def hand_over(
    tx: Transaction, service: Service, officer: Principal, batch_id: UUID, version: int
) -> BatchView | Refusal:
    """The district hands the sealed batch to the city (S10, D05)."""
    batch = await _releasable(tx, officer, batch_id, version)
    if isinstance(batch, Refusal):
        return batch
    before = batch.state
    return await keep(tx, service, officer, batch, before, batch.hand_over(), Action.HAND_OVER)


async def receive(
    tx: Transaction, service: Service, city: Principal, batch_id: UUID, version: int
) -> BatchView | Refusal:
    """The city takes the batch, if its lines are what was sealed (S10)."""
    batch = await _changeable(tx, city, batch_id, version)
    if isinstance(batch, Refusal):
        return batch
    before = batch.state
    change = batch.receive()
    if not isinstance(change, Refusal) and await content.totals(tx, batch.id) != batch.totals:
        return Refusal(NOT_AS_SEALED)
    return await keep(tx, service, city, batch, before, change, Action.RECEIVE)


async def give_back(
    tx: Transaction, service: Service, city: Principal, batch_id: UUID, version: int, reason: str
) -> BatchView | Refusal:
    """The city does not take the batch: its claims are free to be drafted again (退回; S10, O04).

    What was sealed stays readable and as it was.
    """
    batch = await _changeable(tx, city, batch_id, version)
    if isinstance(batch, Refusal):
        return batch
    before = batch.state
    change = batch.give_back(reason, service.clock.today())
    if isinstance(change, Refusal):
        return change
    waiting = await content.by_fund_year(tx, batch.id, pending_alone=True)
    await repository.return_lines(tx, batch.id)
    await post(tx, service, city, entries_of_years(Occasion.RETURN, batch, waiting))
    return await keep(tx, service, city, batch, before, change, Action.RETURN)


async def export(tx: Transaction, service: Service, city: Principal, batch_id: UUID) -> Batch | Refusal:
    """Lets the bank's file be made, for the first time or again; the audit log keeps who had it made (S10).

    No line can change after the seal; count and sum show whether one was slipped in.
    """
    batch = await repository.load_for_update(tx, batch_id)
    if batch is None or not may_see_district(city, batch.district):
        return Refusal(NOT_FOUND)
    before = batch.state
    change = batch.export(service.clock.now())
    if isinstance(change, Refusal):
        return change
    if await content.counted(tx, batch.id) != (batch.lines, batch.total_fen):
        return Refusal(NOT_AS_SEALED)
    await keep(tx, service, city, batch, before, change, Action.EXPORT)
    if batch.state is State.EXPORTED:
        await settle_if_answered(tx, service, city, batch)
    return batch


async def settle_if_answered(tx: Transaction, service: Service, city: Principal, batch: Batch) -> None:
    """Ends an exported batch once no line waits for the bank; lines held out wait for nothing (D06)."""
    if await repository.has_pending(tx, batch.id):
        return
    before = batch.state
    change = batch.settle(await repository.settlement(tx, batch.id), service.clock.today())
    assert not isinstance(change, Refusal), "an exported batch can be settled"
    await keep(tx, service, city, batch, before, change, Action.SETTLE)


async def keep(
    tx: Transaction,
    service: Service,
    principal: Principal,
    batch: Batch,
    before: State,
    change: Change,
    action: Action,
) -> BatchView | Refusal:
    """Saves a changed batch with its audit row and events."""
    if isinstance(change, Refusal):
        return change
    now = service.clock.now()
    await repository.save(tx, batch)
    await record(
        tx,
        principal,
        at=now,
        action=f"batch.{action}",
        object_type="batch",
        object_id=batch.id,
        from_state=before,
        to_state=batch.state,
        reason=batch.end_reason,
        details={"lines": batch.lines, "total_fen": batch.total_fen, "sha256": batch.sha256},
    )
    await emit(tx, change, now)
    return batch_view(batch)


async def _changeable(tx: Transaction, principal: Principal, batch_id: UUID, version: int) -> Batch | Refusal:
    batch = await repository.load_for_update(tx, batch_id)
    if batch is None or not may_see_district(principal, batch.district):
        return Refusal(NOT_FOUND)
    return batch if batch.version == version else Refusal(PRECONDITION_FAILED)


async def _releasable(tx: Transaction, officer: Principal, batch_id: UUID, version: int) -> Batch | Refusal:
    batch = await _changeable(tx, officer, batch_id, version)
    if isinstance(batch, Batch) and await repository.approved_any(
        tx, batch.id, officer.subject, officer.person_key
    ):
        return Refusal(FOUR_EYES, detail=_ANOTHER_RELEASES)
    return batch


async def _number(tx: Transaction, district: str, today: date) -> str:
    prefix = f"{district}-{today:%Y%m%d}-"
    return f"{prefix}{await repository.numbers_with(tx, prefix) + 1}"
