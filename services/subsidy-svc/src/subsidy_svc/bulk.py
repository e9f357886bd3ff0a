"""Many rows in one statement: INSERT … SELECT from arrays, one array a column."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from chuangpei.auth import Principal
from chuangpei.database import Statement, Transaction
from chuangpei.mechanism_tables import audit_log
from chuangpei.tracing import current_request_id
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import Insert, insert


def insert_rows(table: sa.Table, names: Sequence[str]) -> Insert:
    """The INSERT of many rows; its parameters are the arrays that :func:`columns_of` makes."""
    arrays = (
        func.unnest(bindparam(name, type_=sa.ARRAY(table.c[name].type))).label(name)  # all of one length
        for name in names
    )
    return insert(table).from_select(list(names), sa.select(*arrays))


def columns_of(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> dict[str, list[Any]]:
    """The rows turned into one array a column."""
    return {name: [row[name] for row in rows] for name in names}


_AUDITED = (
    "at",
    "actor",
    "role",
    "action",
    "object_type",
    "object_id",
    "from_state",
    "to_state",
    "reason",
    "details",
    "request_id",
)
_AUDIT = Statement(insert_rows(audit_log, _AUDITED))


async def record_all(
    tx: Transaction,
    principal: Principal,
    *,
    at: datetime,
    action: str,
    object_type: str,
    objects: Sequence[object],
    from_state: str | None = None,
    to_state: str | None = None,
    reason: str | None = None,
) -> None:
    """:func:`chuangpei.audit.record` for many objects that change alike, in one statement."""
    row = {
        "at": at,
        "actor": principal.subject,
        "role": principal.role,
        "action": action,
        "object_type": object_type,
        "from_state": from_state,
        "to_state": to_state,
        "reason": reason,
        "details": {},
        "request_id": current_request_id(),
    }
    values: dict[str, list[Any]] = {name: [value] * len(objects) for name, value in row.items()}
    values["object_id"] = [str(one) for one in objects]
    await tx.execute(_AUDIT, values)
