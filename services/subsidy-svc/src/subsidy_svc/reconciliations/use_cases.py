"""Daily reconciliation (对账; O04, S10): a record a day and district, and every difference explained."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Transaction
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import scope_of
from subsidy_svc.reconciliations import repository
from subsidy_svc.reconciliations.schemas import DifferenceView, ReconciliationView, difference_view
from subsidy_svc.service import Service


async def reconcile_due(service: Service) -> int:
    """Reconciles each district for the day that is over, once; returns how many. A transaction each."""
    yesterday = service.clock.today() - timedelta(days=1)
    async with service.database.transaction() as tx:
        made = await repository.made(tx, yesterday)
    due = [district for district in DISTRICTS if district not in made]
    for district in due:
        async with service.database.transaction() as tx:
            await repository.lock(tx, district)
            if await repository.runs(tx, district, yesterday) == 0:
                await _reconcile(tx, service, SYSTEM, district, yesterday)
    return len(due)


async def reconcile_now(
    tx: Transaction, service: Service, city: Principal, district: str
) -> ReconciliationView:
    """Reconciles a district as it stands now, such as after something was mended."""
    await repository.lock(tx, district)
    values = await _reconcile(tx, service, city, district, service.clock.today())
    return ReconciliationView(**values)


async def _reconcile(
    tx: Transaction, service: Service, principal: Principal, district: str, on_day: date
) -> dict[str, Any]:
    sums = await repository.sums(tx, district)
    seen = await repository.found(tx, district)
    now = service.clock.now()
    values: dict[str, Any] = sums | {
        "id": new_id(),
        "district": district,
        "on_day": on_day,
        "number": await repository.runs(tx, district, on_day) + 1,
        "made_at": now,
        "made_by": principal.subject,
        "differences": len(seen),
    }
    await repository.add(tx, values)
    await repository.keep(tx, values, seen)
    await record(
        tx,
        principal,
        at=now,
        action="reconciliation.make",
        object_type="reconciliation",
        object_id=values["id"],
        details={"district": district, "on_day": str(on_day), "differences": len(seen)},
    )
    return values


async def explain(
    tx: Transaction, service: Service, principal: Principal, difference_id: UUID, version: int, note: str
) -> DifferenceView | Refusal:
    """A person says what a difference comes from; it closes when it has vanished."""
    scope = scope_of(principal)
    row = await repository.difference_for_update(tx, difference_id, scope)
    if row is None:
        return Refusal(NOT_FOUND)
    if row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    if row["closed_on"] is not None:
        return Refusal(NOT_ALLOWED_NOW)
    now = service.clock.now()
    values = {"note": note, "noted_by": principal.subject, "noted_at": now}
    await repository.explain(tx, difference_id, values)
    await record(
        tx,
        principal,
        at=now,
        action="reconciliation.explain",
        object_type="reconciliation_difference",
        object_id=difference_id,
        from_state=row["state"],
        to_state="explained",
        reason=note,
    )
    explained = await repository.difference_for_update(tx, difference_id, scope)
    assert explained is not None, "it is locked"
    return difference_view(explained)
