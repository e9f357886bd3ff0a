"""What an operator does with pushes that the platform did not take: resend, skip (重新推送、跳过)."""

from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.platform_pushes import repository
from subsidy_svc.platform_pushes.lifecycle import NEXT, Action, State
from subsidy_svc.platform_pushes.schemas import PushView, Resent, push_view
from subsidy_svc.service import Service


async def resend(
    tx: Transaction, service: Service, city: Principal, push_id: UUID, version: int, reason: str
) -> PushView | Refusal:
    """The push is due now, with all its tries before it again and the same message id."""
    row = await _locked(tx, push_id, version, Action.RESEND)
    if isinstance(row, Refusal):
        return row
    await repository.resend(tx, push_id)
    return await _kept(tx, service, city, row, Action.RESEND, reason)


async def skip(
    tx: Transaction, service: Service, city: Principal, push_id: UUID, version: int, reason: str
) -> PushView | Refusal:
    """The platform will not take this one: the later ones of its claim go on without it."""
    row = await _locked(tx, push_id, version, Action.SKIP)
    if isinstance(row, Refusal):
        return row
    await repository.skip(tx, push_id)
    return await _kept(tx, service, city, row, Action.SKIP, reason)


async def resend_given_up(tx: Transaction, service: Service, city: Principal, reason: str) -> Resent:
    """Everything that was given up is due now, as after a long outage of the platform."""
    resent = await repository.resend_given_up(tx)
    await record(
        tx,
        city,
        at=service.clock.now(),
        action="platform_push.resend",
        object_type="platform_push",
        object_id=State.GIVEN_UP,
        from_state=State.GIVEN_UP,
        to_state=State.WAITING,
        reason=reason,
        details={"resent": resent},
    )
    return Resent(resent=resent)


async def _locked(tx: Transaction, push_id: UUID, version: int, action: Action) -> Row | Refusal:
    row = await repository.load_for_update(tx, push_id)
    if row is None:
        return Refusal(NOT_FOUND)
    if row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    return row if (State(row["state"]), action) in NEXT else Refusal(NOT_ALLOWED_NOW)


async def _kept(
    tx: Transaction, service: Service, city: Principal, row: Row, action: Action, reason: str
) -> PushView:
    await record(
        tx,
        city,
        at=service.clock.now(),
        action=f"platform_push.{action}",
        object_type="platform_push",
        object_id=row["id"],
        from_state=row["state"],
        to_state=NEXT[State(row["state"]), action],
        reason=reason,
        details={"claim_id": str(row["claim_id"])},
    )
    changed = await repository.one(tx, row["id"])
    assert changed is not None, "pushes are never deleted"
    return push_view(changed)
