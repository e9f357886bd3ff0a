"""Named queries over public notices and objections."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func

from subsidy_svc.claims.tables import claims
from subsidy_svc.notices.tables import notices, objections
from subsidy_svc.windows.tables import windows

_PUBLISHED = tuple(column.name for column in notices.columns)
# Masked names and the rest are copied here once, from the window, and never change again.
_PUBLISH = Statement(
    notices.insert().from_select(
        list(_PUBLISHED),
        sa.select(
            bindparam("id", type_=sa.Uuid),
            claims.c.id,
            claims.c.district,
            windows.c.masked_name,
            windows.c.institution_name,
            windows.c.project_name,
            claims.c.amount_fen,
            bindparam("first_day", type_=sa.Date),
            bindparam("last_day", type_=sa.Date),
            bindparam("provisional", type_=sa.Boolean),
        )
        .select_from(claims.join(windows, windows.c.certificate_id == claims.c.certificate_id))
        .where(claims.c.id == bindparam("claim_id", type_=sa.Uuid)),
    )
)
_with_state = sa.select(notices, claims.c.state.label("claim_state")).select_from(
    notices.join(claims, claims.c.id == notices.c.claim_id)
)
_ONE = Statement(_with_state.where(notices.c.id == bindparam("id")))


def _list(*, of_district: bool) -> Statement:
    conditions = [notices.c.id < bindparam("before", type_=sa.Uuid)]
    if of_district:
        conditions.append(notices.c.district == bindparam("district", type_=sa.Text))
    return Statement(
        _with_state.where(*conditions)
        .order_by(notices.c.id.desc())
        .limit(bindparam("most", type_=sa.Integer))
    )


_LIST, _LIST_OF_DISTRICT = _list(of_district=False), _list(of_district=True)

_OBJECT = Statement(
    objections.insert().values(
        {
            column.name: bindparam(column.name, type_=column.type)
            for column in objections.columns
            if column.name not in ("decision_reason", "decided_by", "decided_at")
        }
    )
)
_OBJECTION_FOR_UPDATE = Statement(
    sa.select(objections).where(objections.c.id == bindparam("id")).with_for_update()
)
_OBJECTION = Statement(sa.select(objections).where(objections.c.id == bindparam("id")))
_DECIDE = Statement(
    objections.update()
    .where(objections.c.id == bindparam("of_id"))
    .values(
        state=bindparam("state"),
        decision_reason=bindparam("decision_reason"),
        decided_by=bindparam("decided_by"),
        decided_at=bindparam("decided_at"),
        version=objections.c.version + 1,
    )
    .returning(objections)
)
_STANDING = Statement(
    sa.select(func.count()).where(
        objections.c.claim_id == bindparam("claim_id"), objections.c.state == "open"
    )
)
_LAPSE = Statement(
    objections.update()
    .where(objections.c.claim_id == bindparam("of_claim"), objections.c.state == "open")
    .values(state="lapsed", version=objections.c.version + 1)
)
_LIST_OBJECTIONS = Statement(
    sa.select(objections)
    .where(
        objections.c.id < bindparam("before", type_=sa.Uuid),
        objections.c.district == bindparam("district", type_=sa.Text),
    )
    .order_by(objections.c.id.desc())
    .limit(bindparam("most", type_=sa.Integer))
)


async def publish(
    tx: Transaction, notice_id: UUID, claim_id: UUID, first_day: date, last_day: date, *, provisional: bool
) -> None:
    """Publishes the frozen notice of a claim (S08, D13)."""
    values = {"id": notice_id, "claim_id": claim_id, "first_day": first_day, "last_day": last_day}
    await tx.execute(_PUBLISH, values | {"provisional": provisional})


async def one(reader: Database | Transaction, notice_id: UUID) -> Row | None:
    """A notice with the present state of its claim."""
    return await reader.row(_ONE, {"id": notice_id})


async def listed(database: Database, district: str | None, before: UUID, most: int) -> list[Row]:
    """Notices, the newest first; of one district or of all."""
    if district is None:
        return await database.rows(_LIST, {"before": before, "most": most})
    return await database.rows(_LIST_OF_DISTRICT, {"district": district, "before": before, "most": most})


async def add_objection(tx: Transaction, values: dict[str, Any]) -> None:
    """Writes an objection."""
    await tx.execute(_OBJECT, values)


async def objection(tx: Transaction, objection_id: UUID) -> Row | None:
    """An objection as it stands, not locked: the claim is locked first, the objection after it."""
    return await tx.row(_OBJECTION, {"id": objection_id})


async def objection_for_update(tx: Transaction, objection_id: UUID) -> Row | None:
    """An objection, its row locked."""
    return await tx.row(_OBJECTION_FOR_UPDATE, {"id": objection_id})


async def decide_objection(tx: Transaction, objection_id: UUID, values: dict[str, Any]) -> Row:
    """Writes what became of an objection and returns it."""
    row = await tx.row(_DECIDE, {"of_id": objection_id} | values)
    assert row is not None, "the objection is locked"
    return row


async def standing_objections(tx: Transaction, claim_id: UUID) -> int:
    """How many objections against the claim are not decided."""
    return int(await tx.value(_STANDING, {"claim_id": claim_id}))


async def lapse_objections(tx: Transaction, claim_id: UUID) -> None:
    """The open objections of a claim that ended have nothing to decide any more."""
    await tx.execute(_LAPSE, {"of_claim": claim_id})


async def objections_of(database: Database, district: str, before: UUID, most: int) -> list[Row]:
    """A district's objections, the newest first."""
    return await database.rows(_LIST_OBJECTIONS, {"district": district, "before": before, "most": most})
