"""Writing pushes into the queue, in the transaction of the step that they tell."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import Insert, insert

from subsidy_svc.claims.tables import claims
from subsidy_svc.platform_pushes.tables import pushes

TOLD = (
    "id",
    "version",
    "state",
    "submitted_at",
    "due_on",
    "notice_last_day",
    "decision_reason",
    "decision_article",
)
"""The columns of a claim that a push is made of."""


def queued_from(
    claim: sa.FromClause,
    changed_at: sa.ColumnElement[Any] | None = None,
    reason: sa.ColumnElement[Any] | None = None,
) -> Insert:
    """The INSERT of a push for each row of ``claim``, which has the columns :data:`TOLD`.

    ``changed_at`` is when it was submitted, and ``reason`` the decision's, where they are not given.
    """
    row = {
        "id": func.gen_random_uuid(),
        "claim_id": claim.c.id,
        "number": claim.c.version,
        "claim_state": claim.c.state,
        "changed_at": claim.c.submitted_at if changed_at is None else changed_at,
        "reason": claim.c.decision_reason
        if reason is None
        else func.coalesce(reason, claim.c.decision_reason),
        "article": claim.c.decision_article,
        "due_on": claim.c.due_on,
        "notice_last_day": claim.c.notice_last_day,
        "state": sa.literal_column("'waiting'"),
        "attempts": sa.literal_column("0"),
        "next_try_at": func.now(),
        "version": sa.literal_column("1"),
    }
    return insert(pushes).from_select(list(row), sa.select(*row.values()).select_from(claim))


_QUEUE = Statement(
    queued_from(
        sa.select(*(claims.c[name] for name in TOLD))
        .where(claims.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
        .subquery("changed"),
        bindparam("changed_at", type_=sa.DateTime(timezone=True)),
        bindparam("reason", type_=sa.Text),
    )
)


async def queue(
    tx: Transaction, claim_ids: Sequence[UUID], changed_at: datetime, reason: str | None = None
) -> None:
    """Queues how the claims stand now; each came with a case number (办件编号).

    To be called once they are saved and while they are locked: their version is the order.
    """
    if claim_ids:
        await tx.execute(_QUEUE, {"ids": list(claim_ids), "changed_at": changed_at, "reason": reason})
