"""Named queries over recoveries."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam

from subsidy_svc.bulk import columns_of, insert_rows
from subsidy_svc.recoveries.tables import recoveries

_OPENED = tuple(column.name for column in recoveries.columns)
_OPEN = Statement(
    insert_rows(recoveries, _OPENED)
    .on_conflict_do_nothing(index_elements=[recoveries.c.claim_id])
    .returning(recoveries.c.claim_id)
)
_district = bindparam("district", type_=sa.Text)
_LIST = Statement(
    sa.select(recoveries)
    .where(
        recoveries.c.id < bindparam("before", type_=sa.Uuid),
        sa.or_(_district.is_(None), recoveries.c.district == _district),
    )
    .order_by(recoveries.c.id.desc())
    .limit(bindparam("most", type_=sa.Integer))
)


async def open_all(tx: Transaction, rows: list[dict[str, Any]]) -> set[UUID]:
    """Opens recoveries; returns the claims that had none."""
    return {row["claim_id"] for row in await tx.rows(_OPEN, columns_of(rows, _OPENED))}


async def listed(database: Database, district: str | None, before: UUID, most: int) -> list[Row]:
    """Recoveries, the newest first; of one district or of all."""
    return await database.rows(_LIST, {"district": district, "before": before, "most": most})
