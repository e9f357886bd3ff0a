"""The content of a batch and its control totals (控制总数): count, sum and SHA-256 (S10)."""

from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from sqlalchemy import bindparam, func

from subsidy_svc.payments.batch import Totals
from subsidy_svc.payments.tables import lines

_by_year = (
    sa.select(
        lines.c.fund_year,
        func.count().label("lines"),
        sa.cast(func.sum(lines.c.amount_fen), sa.BigInteger).label("total_fen"),
    )
    .where(lines.c.batch_id == bindparam("batch_id"))
    .group_by(lines.c.fund_year)
    .order_by(lines.c.fund_year)
)
_BY_YEAR = Statement(_by_year)
_PENDING_BY_YEAR = Statement(_by_year.where(lines.c.status == "pending"))
_TOTALS = Statement(
    sa.select(
        func.count().label("lines"),
        sa.cast(func.coalesce(func.sum(lines.c.amount_fen), 0), sa.BigInteger).label("total_fen"),
    ).where(lines.c.batch_id == bindparam("batch_id"))
)
# What the seal covers, line by line. Anybody with the database can compute it again without this program:
# psql -c "COPY (SELECT …) TO STDOUT (FORMAT binary)" | sha256sum
_CONTENT = (
    "SELECT line_no, claim_id, amount_fen, payee_digest"
    " FROM payment_lines WHERE batch_id = $1 ORDER BY line_no"
)


async def counted(tx: Transaction, batch_id: UUID) -> tuple[int, int]:
    """How many lines the batch has now, and their sum in fen."""
    row = await tx.row(_TOTALS, {"batch_id": batch_id})
    assert row is not None, "an aggregate gives a row"
    return row["lines"], row["total_fen"]


async def by_fund_year(
    tx: Transaction, batch_id: UUID, *, pending_alone: bool = False
) -> list[tuple[int, int, int]]:
    """Year, lines and fen of each year whose money is in the batch, or in its waiting lines (O04)."""
    rows = await tx.rows(_PENDING_BY_YEAR if pending_alone else _BY_YEAR, {"batch_id": batch_id})
    return [(row["fund_year"], row["lines"], row["total_fen"]) for row in rows]


async def totals(tx: Transaction, batch_id: UUID) -> Totals:
    """The control totals of the batch's lines as they are now."""
    return Totals(*await counted(tx, batch_id), await _content_hash(tx, batch_id))


async def totals_of(tx: Transaction, batch_id: UUID, by_year: list[tuple[int, int, int]]) -> Totals:
    """The control totals, where the lines were counted by year already."""
    lines_, total_fen = (sum(one[part] for one in by_year) for part in (1, 2))
    return Totals(lines_, total_fen, await _content_hash(tx, batch_id))


async def _content_hash(tx: Transaction, batch_id: UUID) -> str:
    digest = sha256()

    async def feed(data: bytes) -> None:
        digest.update(data)

    await tx.connection.copy_from_query(_CONTENT, batch_id, output=feed, format="binary")
    return digest.hexdigest()
