"""The audit log (审计日志): who did what to which object, in the same transaction as the deed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from chuangpei.auth import Principal
from chuangpei.database import Statement, Transaction
from chuangpei.mechanism_tables import audit_log
from chuangpei.tracing import current_request_id

_INSERT = Statement(
    audit_log.insert().values(
        {
            column.name: bindparam(column.name, type_=column.type)
            for column in audit_log.columns
            if column.name != "id"
        }
    )
)


async def record(
    tx: Transaction,
    principal: Principal,
    *,
    at: datetime,
    action: str,
    object_type: str,
    object_id: object,
    from_state: str | None = None,
    to_state: str | None = None,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Writes one row: the actor and role, the object, its states before and after, and why.

    ``details`` must hold no clear personal data. ``at`` is the instant (UTC) of the deed.
    """
    row = _row(principal, at, action, object_type, details)
    own = {"object_id": str(object_id), "from_state": from_state, "to_state": to_state, "reason": reason}
    await tx.execute(_INSERT, row | own)


async def record_all(
    tx: Transaction,
    principal: Principal,
    *,
    at: datetime,
    action: str,
    object_type: str,
    to_states: Mapping[Any, str],
    details: Mapping[str, Any] | None = None,
) -> None:
    """Writes a row for each of many new objects; ``to_states`` are the states they begin in, by their ids."""
    row = _row(principal, at, action, object_type, details) | {"from_state": None, "reason": None}
    await tx.execute_many(
        _INSERT, [row | {"object_id": str(one), "to_state": state} for one, state in to_states.items()]
    )


def _row(
    principal: Principal,
    at: datetime,
    action: str,
    object_type: str,
    details: Mapping[str, Any] | None,
) -> dict[str, Any]:
    return {
        "at": at,
        "actor": principal.subject,
        "role": principal.role,
        "district": principal.district,
        "action": action,
        "object_type": object_type,
        "details": dict(details or {}),
        "request_id": current_request_id(),
    }
