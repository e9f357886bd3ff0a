"""Named queries that take one line out of payment (剔除; D06)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam

from subsidy_svc.payments.tables import IS_LIVE, batches, lines

_live = sa.and_(lines.c.claim_id == bindparam("claim_id", type_=sa.Uuid), IS_LIVE)
_lines_and_batches = lines.join(batches, batches.c.id == lines.c.batch_id)
_LOCK_BATCH = Statement(
    sa.select(batches.c.id).select_from(_lines_and_batches).where(_live).with_for_update(of=batches)
)
_LIVE_LINE = Statement(
    sa.select(
        lines.c.batch_id,
        lines.c.line_no,
        lines.c.status,
        lines.c.fund_year,
        batches.c.state.label("batch_state"),
        batches.c.exported_at,
    )
    .select_from(_lines_and_batches)
    .where(_live)
)
_this_line = sa.and_(
    lines.c.batch_id == bindparam("of_batch", type_=sa.Uuid),
    lines.c.line_no == bindparam("of_line", type_=sa.Integer),
)
_TAKE_OUT = Statement(lines.delete().where(_this_line))
_HOLD_OUT = Statement(lines.update().where(_this_line).values(status="held_out"))
_RECALL = Statement(lines.update().where(_this_line).values(recalled_on=bindparam("recalled_on")))


async def live_line(tx: Transaction, claim_id: UUID) -> Row | None:
    """The pending or settled line of a claim with the state of its batch, the batch locked.

    The line is read by a statement of its own: one that had waited for the lock would show it as it was
    before.
    """
    await tx.row(_LOCK_BATCH, {"claim_id": claim_id})
    return await tx.row(_LIVE_LINE, {"claim_id": claim_id})


async def take_out_of_draft(tx: Transaction, line: Row) -> None:
    """Removes a line from a batch that is not sealed."""
    await tx.execute(_TAKE_OUT, _of(line))


async def hold_out(tx: Transaction, line: Row) -> None:
    """Keeps a sealed line from being exported; the sealed totals stay as they were."""
    await tx.execute(_HOLD_OUT, _of(line))


async def recall(tx: Transaction, line: Row, on: date) -> None:
    """Marks a line the bank already has."""
    await tx.execute(_RECALL, _of(line) | {"recalled_on": on})


def _of(line: Row) -> dict[str, object]:
    return {"of_batch": line["batch_id"], "of_line": line["line_no"]}
