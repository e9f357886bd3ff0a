"""REST of inspections: what an officer found, and with it a signal that may open a case."""

from typing import Annotated

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from fastapi import APIRouter, Request, Response

from brand_svc.evidence import as_kept
from brand_svc.exit_cases import taking
from brand_svc.service import of
from brand_svc.signals.schemas import InspectionFinding, SignalView
from brand_svc.signals.signal import Signal

router = APIRouter(prefix="/brand/v1/signals", tags=["退出线索 · signals"])

Inspector = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU)]


@router.post(
    "", status_code=201, response_model=SignalView, summary="登记监管发现 · Record what an inspection found"
)
async def record(
    request: Request, body: InspectionFinding, key: IdempotencyKey, principal: Inspector
) -> Response:
    """On an exit ground it opens or joins the case of a holder; an officer's own district only (B10, B11)."""
    service = of(request)
    values = body.model_dump(exclude={"evidence"})

    async def act(tx: Transaction) -> SignalView | Refusal:
        seen = Signal(
            id=new_id(),
            source="inspection",
            reason_code="inspection",
            received_at=service.clock.now(),
            recorded_by=principal.subject,
            evidence=as_kept(body.evidence),
            **values,
        )
        recorded = await taking.record_inspection(tx, service, principal, seen)
        return recorded if isinstance(recorded, Refusal) else SignalView.of(recorded)

    return await once(service.database, request, principal, key, body, act)
