"""Named queries over findings of fault."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from subsidy_svc.access import Scope, office_reaches
from subsidy_svc.fault_findings.tables import fault_findings

_REPORTED = tuple(
    one.name
    for one in fault_findings.columns
    if one.name not in ("decided_at", "decided_by", "decided_by_person", "reason")
)
_ADD = Statement(
    insert(fault_findings)
    .values({name: bindparam(name, type_=fault_findings.c[name].type) for name in _REPORTED})
    .on_conflict_do_nothing(
        index_elements=["claim_id"], index_where=sa.text("state IN ('reported', 'confirmed')")
    )
    .returning(fault_findings)
)
_DECIDED = ("state", "decided_at", "decided_by", "decided_by_person", "reason")
_DECIDE = Statement(
    fault_findings.update()
    .where(fault_findings.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=fault_findings.c[name].type) for name in _DECIDED}
        | {"version": fault_findings.c.version + 1}
    )
    .returning(fault_findings)
)
_select = sa.select(fault_findings)
LIST = Listing(
    _select,
    key=Order(fault_findings.c.id, UUID),
    orders={"reported_at": Order(fault_findings.c.reported_at, datetime)},
    filters={
        "district": equal(fault_findings.c.district),
        "fault": equal(fault_findings.c.fault),
        "state": equal(fault_findings.c.state),
        "claim_id": equal(fault_findings.c.claim_id),
    },
    reaches=office_reaches(fault_findings.c.district),
)
_ONE = {
    reach: Statement(
        _select.where(fault_findings.c.id == bindparam("id"), *([] if condition is None else [condition]))
    )
    for reach, condition in office_reaches(fault_findings.c.district).items()
}
_FOR_UPDATE = Statement(_select.where(fault_findings.c.id == bindparam("id")).with_for_update())


async def add(tx: Transaction, values: dict[str, Any]) -> Row | None:
    """Writes a finding; None where another one about the claim waits or stands."""
    return await tx.row(_ADD, values)


async def one(reader: Database | Transaction, finding_id: UUID, scope: Scope) -> Row | None:
    """A finding that the scope sees."""
    return await reader.row(_ONE[scope.reach], {"id": finding_id, "scope": scope.value})


async def for_update(tx: Transaction, finding_id: UUID) -> Row | None:
    """A finding, its row locked; its claim is locked before it."""
    return await tx.row(_FOR_UPDATE, {"id": finding_id})


async def decide(tx: Transaction, finding_id: UUID, values: dict[str, Any]) -> Row:
    """Writes what became of a finding and returns it."""
    row = await tx.row(_DECIDE, {"of_id": finding_id} | values)
    assert row is not None, "findings are never deleted"
    return row
