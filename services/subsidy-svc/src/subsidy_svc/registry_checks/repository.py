"""Named queries over registry checks, and what of a claim they begin with."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam

from subsidy_svc.claims.tables import claims
from subsidy_svc.registry_checks.tables import registry_checks
from subsidy_svc.windows.repository import WINDOW_COLUMNS
from subsidy_svc.windows.tables import windows

_answered = (
    sa.select(registry_checks.c.checked_at, registry_checks.c.findings)
    .where(registry_checks.c.claim_id == claims.c.id, sa.func.cardinality(registry_checks.c.away) == 0)
    .order_by(registry_checks.c.checked_at.desc(), registry_checks.c.id.desc())
    .limit(1)
    .correlate(claims)
    .lateral("answered")
)
_CASE = Statement(
    sa.select(
        claims.c.id,
        claims.c.state,
        claims.c.version,
        claims.c.enterprise_credit_code,
        claims.c.enterprise_name,
        claims.c.account_kind,
        claims.c.account_masked,
        claims.c.account_reason,
        claims.c.payee_encrypted,
        claims.c.payee_digest,
        claims.c.facts,
        claims.c.findings,
        claims.c.submitted_at,
        claims.c.waiting_since,
        claims.c.waiting_for,
        sa.func.coalesce(_answered.c.checked_at, claims.c.submitted_at).label("answered_at"),
        _answered.c.findings.label("answered_findings"),
        *WINDOW_COLUMNS,
    )
    .select_from(
        claims.join(windows, windows.c.certificate_id == claims.c.certificate_id).outerjoin(
            _answered, sa.true()
        )
    )
    .where(claims.c.id == bindparam("id"))
)
_INSERT = Statement(
    registry_checks.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in registry_checks.columns}
    )
)
_OF_CLAIM = Statement(
    sa.select(registry_checks)
    .where(registry_checks.c.claim_id == bindparam("claim_id"))
    .order_by(registry_checks.c.checked_at, registry_checks.c.id)
)


async def case(source: Database | Transaction, claim_id: UUID) -> Row | None:
    """A claim with its window, its facts, and what the registries last answered about it in full."""
    return await source.row(_CASE, {"id": claim_id})


async def add(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Adds a check; checks only grow."""
    await tx.execute(_INSERT, values)


async def of_claim(database: Database, claim_id: UUID) -> list[Row]:
    """The checks after the submission, the first one first."""
    return await database.rows(_OF_CLAIM, {"claim_id": claim_id})
