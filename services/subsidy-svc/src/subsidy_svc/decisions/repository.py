"""The queries of decisions: what was recorded when a claim was submitted, and by which law each step went."""

from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement
from chuangpei.mechanism_tables import audit_log
from sqlalchemy import bindparam

from subsidy_svc.claims.tables import claims
from subsidy_svc.windows.tables import windows

_RECORDED = Statement(
    sa.select(
        claims.c.id,
        claims.c.person_key,
        claims.c.district,
        claims.c.amount_fen,
        claims.c.findings,
        claims.c.within_years_on,
        claims.c.policy_version,
        claims.c.facts,
        claims.c.submitted_at,
        windows.c.issued_on,
    )
    .join(windows, windows.c.certificate_id == claims.c.certificate_id)
    .where(claims.c.id == bindparam("id"))
)
_version = audit_log.c.details["policy_version"].astext
_STEPS = Statement(
    sa.select(audit_log.c.at, audit_log.c.action, _version.label("policy_version"))
    .where(
        audit_log.c.object_type == "claim",
        audit_log.c.object_id == bindparam("claim_id"),
        _version.is_not(None),
    )
    .order_by(audit_log.c.id)
)


async def recorded(database: Database, claim_id: UUID) -> Row | None:
    """The decision of a claim's submission, with the facts it rested on."""
    return await database.row(_RECORDED, {"id": claim_id})


async def steps(database: Database, claim_id: UUID) -> list[Row]:
    """What was decided about a claim, in order, each with the version of the law it went by."""
    return await database.rows(_STEPS, {"claim_id": str(claim_id)})
