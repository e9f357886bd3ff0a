"""Named queries over attachments."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func

from subsidy_svc.attachments.tables import attachments

_INSERT = Statement(
    attachments.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in attachments.columns}
    )
)
_IS_STORED = sa.text("attachments.state = 'stored'")
_IS_UPLOADING = sa.text("attachments.state = 'uploading'")
_OF_CLAIM = Statement(
    sa.select(attachments)
    .where(attachments.c.claim_id == bindparam("claim_id"), _IS_STORED)
    .order_by(attachments.c.id)
)
_COUNT = Statement(
    sa.select(func.count())
    .select_from(attachments)
    .where(attachments.c.claim_id == bindparam("claim_id"), _IS_STORED)
)
_ONE = Statement(
    sa.select(attachments).where(
        attachments.c.id == bindparam("id"), attachments.c.claim_id == bindparam("claim_id"), _IS_STORED
    )
)
_STORE = Statement(
    attachments.update().where(attachments.c.id == bindparam("of_id"), _IS_UPLOADING).values(state="stored")
)
_ABANDONED = Statement(
    sa.select(attachments.c.id, attachments.c.claim_id)
    .where(_IS_UPLOADING, attachments.c.begun_at < bindparam("before", type_=sa.DateTime(timezone=True)))
    .order_by(attachments.c.begun_at)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_ABANDON = Statement(
    attachments.update()
    .where(attachments.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
    .values(state="abandoned")
)


async def begin(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Writes that a file is about to be stored."""
    await tx.execute(_INSERT, values)


async def store(tx: Transaction, attachment_id: UUID) -> bool:
    """Writes that the file is there; False where it was given up meanwhile."""
    return await tx.execute(_STORE, {"of_id": attachment_id}) == 1


async def count(tx: Transaction, claim_id: UUID) -> int:
    """How many files a claim has."""
    found: int = await tx.value(_COUNT, {"claim_id": claim_id})
    return found


async def of_claim(database: Database, claim_id: UUID) -> list[Row]:
    """The files of a claim, the first one first."""
    return await database.rows(_OF_CLAIM, {"claim_id": claim_id})


async def one(source: Database | Transaction, claim_id: UUID, attachment_id: UUID) -> Row | None:
    """One file of a claim."""
    return await source.row(_ONE, {"id": attachment_id, "claim_id": claim_id})


async def begun_before(tx: Transaction, before: datetime, most: int) -> list[Row]:
    """Files begun and never finished, locked; those that others have locked are left out."""
    return await tx.rows(_ABANDONED, {"before": before, "most": most})


async def abandon(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Writes that the files were given up."""
    await tx.execute(_ABANDON, {"ids": list(ids)})
