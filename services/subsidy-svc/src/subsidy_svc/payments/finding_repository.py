"""Named queries over what people found about lines whose result the bank could not tell."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from subsidy_svc.access import office_reaches
from subsidy_svc.payments.bank_file import ResultLine
from subsidy_svc.payments.lifecycle import LineStatus
from subsidy_svc.payments.tables import line_findings, lines

_PROPOSED = tuple(
    column.name
    for column in line_findings.columns
    if column.name not in ("decided_at", "decided_by", "decided_by_person", "reason")
)
_ADD = Statement(
    insert(line_findings)
    .values({name: bindparam(name, type_=line_findings.c[name].type) for name in _PROPOSED})
    .on_conflict_do_nothing(index_elements=["batch_id", "line_no"], index_where=sa.text("state = 'proposed'"))
    .returning(line_findings)
)
_FOR_UPDATE = Statement(
    sa.select(line_findings)
    .where(
        line_findings.c.id == bindparam("id", type_=sa.Uuid),
        line_findings.c.batch_id == bindparam("batch_id", type_=sa.Uuid),
    )
    .with_for_update()
)
_DECIDED = ("state", "decided_at", "decided_by", "decided_by_person", "reason")
_DECIDE = Statement(
    line_findings.update()
    .where(line_findings.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=line_findings.c[name].type) for name in _DECIDED}
        | {"version": line_findings.c.version + 1}
    )
    .returning(line_findings)
)
_LAPSE = Statement(
    line_findings.update()
    .where(
        line_findings.c.batch_id == bindparam("of_batch", type_=sa.Uuid),
        line_findings.c.line_no == sa.any_(bindparam("line_numbers", type_=sa.ARRAY(sa.Integer))),
        line_findings.c.state == "proposed",
    )
    .values(state="lapsed", version=line_findings.c.version + 1)
)
_LINE = Statement(
    sa.select(lines.c.claim_id, lines.c.amount_fen, lines.c.status).where(
        lines.c.batch_id == bindparam("batch_id", type_=sa.Uuid),
        lines.c.line_no == bindparam("line_no", type_=sa.Integer),
    )
)
LIST = Listing(
    sa.select(line_findings),
    key=Order(line_findings.c.id, UUID),
    filters={
        "batch_id": equal(line_findings.c.batch_id),
        "line_no": equal(line_findings.c.line_no),
        "state": equal(line_findings.c.state),
    },
    reaches=office_reaches(line_findings.c.district),
)


async def line(tx: Transaction, batch_id: UUID, line_no: int) -> Row | None:
    """A line of a batch that is locked."""
    return await tx.row(_LINE, {"batch_id": batch_id, "line_no": line_no})


async def add(tx: Transaction, values: dict[str, Any]) -> Row | None:
    """Writes a finding; None where another one about the line waits for its confirmation."""
    return await tx.row(_ADD, values)


async def for_update(tx: Transaction, batch_id: UUID, finding_id: UUID) -> Row | None:
    """A finding about a line of the batch, its row locked."""
    return await tx.row(_FOR_UPDATE, {"id": finding_id, "batch_id": batch_id})


async def decide(tx: Transaction, finding_id: UUID, values: dict[str, Any]) -> Row:
    """Writes what became of a finding and returns it."""
    row = await tx.row(_DECIDE, {"of_id": finding_id} | values)
    assert row is not None, "findings are never deleted"
    return row


async def lapse(tx: Transaction, batch_id: UUID, found: Sequence[ResultLine]) -> None:
    """Where the bank tells the result itself, nothing is left to be found."""
    known = [line.line_no for line in found if line.status is not LineStatus.UNKNOWN]
    await tx.execute(_LAPSE, {"of_batch": batch_id, "line_numbers": known})
