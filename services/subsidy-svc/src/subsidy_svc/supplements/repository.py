"""Named queries over supplements."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam

from subsidy_svc.supplements.tables import supplements

_ASKED = ("claim_id", "number", "missing", "asked_at", "asked_by", "due_on")
_INSERT = Statement(
    supplements.insert().values({name: bindparam(name, type_=supplements.c[name].type) for name in _ASKED})
)
_COUNT = Statement(
    sa.select(sa.func.count()).select_from(supplements).where(supplements.c.claim_id == bindparam("claim_id"))
)
_AWAITED = Statement(
    sa.select(supplements).where(
        supplements.c.claim_id == bindparam("claim_id"), supplements.c.given_at.is_(None)
    )
)
_GIVE = Statement(
    supplements.update()
    .where(supplements.c.claim_id == bindparam("of_claim"), supplements.c.given_at.is_(None))
    .values(
        answers_encrypted=bindparam("answers_encrypted", type_=sa.Text),
        given_at=bindparam("given_at", type_=sa.DateTime(timezone=True)),
    )
)
_OF_CLAIM = Statement(
    sa.select(supplements)
    .where(supplements.c.claim_id == bindparam("claim_id"))
    .order_by(supplements.c.number)
)


async def count(tx: Transaction, claim_id: UUID) -> int:
    """How often a supplement was asked for; the claim's row is locked."""
    found: int = await tx.value(_COUNT, {"claim_id": claim_id})
    return found


async def awaited(tx: Transaction, claim_id: UUID) -> Row:
    """The supplement that a claim in ``supplement_asked`` awaits."""
    row = await tx.row(_AWAITED, {"claim_id": claim_id})
    assert row is not None, "a claim that awaits a supplement has one"
    return row


async def ask(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Adds what was asked for; the database has one awaited at a time."""
    await tx.execute(_INSERT, values)


async def give(tx: Transaction, claim_id: UUID, answers_encrypted: str, given_at: datetime) -> None:
    """Writes the answers to the supplement that is awaited."""
    values = {"of_claim": claim_id, "answers_encrypted": answers_encrypted, "given_at": given_at}
    given = await tx.execute(_GIVE, values)
    assert given == 1, "a claim that awaits a supplement has one"


async def of_claim(database: Database, claim_id: UUID) -> list[Row]:
    """Every supplement of a claim, the first one first."""
    return await database.rows(_OF_CLAIM, {"claim_id": claim_id})
