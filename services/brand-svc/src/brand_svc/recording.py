"""The audit row that every step of an application, a round or an exit case leaves behind."""

from collections.abc import Mapping
from typing import ClassVar, Protocol
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction

from brand_svc.service import Service


class Recorded(Protocol):
    """An aggregate whose steps are recorded: as what kind of object, and the state it came to."""

    OBJECT_TYPE: ClassVar[str]
    id: UUID

    @property
    def state(self) -> str: ...


async def record_step(
    tx: Transaction,
    service: Service,
    principal: Principal,
    action: str,
    one: Recorded,
    *,
    from_state: str | None = None,
    reason: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Writes the audit row of a step just taken; it had no ``from_state`` if the step made it."""
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type=one.OBJECT_TYPE,
        object_id=one.id,
        from_state=from_state,
        to_state=one.state,
        reason=reason,
        details=details,
    )
