"""Taking a case from the queue and handing it back (领取、退回; S07)."""

from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import Refusal

from subsidy_svc.claims import repository
from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.use_cases import changeable
from subsidy_svc.review_queue.schemas import CaseView, case_view
from subsidy_svc.service import Service


async def take(
    tx: Transaction, service: Service, officer: Principal, claim_id: UUID, version: int
) -> CaseView | Refusal:
    """The officer takes the case: until it is handed back nobody else decides it (领取; S07, D05)."""
    row = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim = repository.claim_from(row)
    return claim.take(officer, service.clock.now()) or await _kept(tx, service, officer, row, claim, "take")


async def hand_back(
    tx: Transaction, service: Service, officer: Principal, claim_id: UUID, version: int, reason: str
) -> CaseView | Refusal:
    """The case goes back, by who took it or, where that one is away, by a colleague (退回; S07)."""
    row = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim = repository.claim_from(row)
    return claim.hand_back() or await _kept(tx, service, officer, row, claim, "hand_back", reason)


async def _kept(
    tx: Transaction,
    service: Service,
    officer: Principal,
    row: Row,
    claim: Claim,
    action: str,
    reason: str | None = None,
) -> CaseView:
    await repository.save(tx, claim)
    await record(
        tx,
        officer,
        at=service.clock.now(),
        action=f"claim.{action}",
        object_type="claim",
        object_id=claim.id,
        from_state=claim.state,
        to_state=claim.state,
        reason=reason,
        details={"taken_by": row["taken_by"]} if row["taken_by"] else None,
    )
    return case_view(claim, row, service.clock.today())
