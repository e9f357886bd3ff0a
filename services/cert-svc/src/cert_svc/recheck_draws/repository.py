"""The queries on draws of evaluations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam

from cert_svc.completions.tables import completions
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.tables import evaluations
from cert_svc.recheck_draws.tables import recheck_draws as draws
from cert_svc.rechecks.repository import Reach, district_reaches, reach_of
from cert_svc.rechecks.tables import rechecks

_REACHES = district_reaches(draws.c.district)
LIST = Listing(
    sa.select(draws),
    key=Order(draws.c.id, UUID),
    orders={"drawn_at": Order(draws.c.drawn_at, datetime)},
    filters={
        "district": equal(draws.c.district),
        "body_id": equal(draws.c.body_id),
        "project_code": equal(draws.c.project_code),
    },
    reaches=_REACHES,
)
_of_id = sa.select(draws).where(draws.c.id == bindparam("id", type_=sa.Uuid))
_SEEN: Mapping[Reach, Statement] = {
    reach: Statement(_of_id if reached is None else _of_id.where(reached))
    for reach, reached in _REACHES.items()
}
_INSERT = Statement(
    draws.insert()
    .values({column.name: bindparam(column.name, type_=column.type) for column in draws.columns})
    .returning(draws)
)
_project_code = bindparam("project_code", type_=sa.Text)
_body_id = bindparam("body_id", type_=sa.Uuid)
_POPULATION = Statement(
    sa.select(evaluations.c.id)
    .join(completions, completions.c.enrolment_id == evaluations.c.enrolment_id)
    .where(
        evaluations.c.district == bindparam("district", type_=sa.Text),
        evaluations.c.evaluated_on >= bindparam("first_day", type_=sa.Date),
        evaluations.c.evaluated_on <= bindparam("last_day", type_=sa.Date),
        evaluations.c.passed.is_not(None),
        evaluations.c.state != State.VOID.value,
        # One district's year at most: the index on its days serves every narrowing.
        sa.or_(_project_code.is_(None), completions.c.project_code == _project_code),
        sa.or_(_body_id.is_(None), evaluations.c.body_id == _body_id),
        ~sa.exists().where(rechecks.c.evaluation_id == evaluations.c.id),
    )
    .order_by(evaluations.c.id)
)


async def population(tx: Transaction, asked: Mapping[str, Any]) -> list[UUID]:
    """The evaluations with a result in the district and period that were never drawn, in order."""
    return [row["id"] for row in await tx.rows(_POPULATION, asked)]


async def insert_new(tx: Transaction, values: Mapping[str, Any]) -> Row:
    """Keeps a draw for ever."""
    row = await tx.row(_INSERT, values)
    assert row is not None, "INSERT RETURNING gives the row"
    return row


async def one(database: Database, draw_id: UUID, principal: Principal) -> Row | None:
    """A draw that the principal sees."""
    reach, scope = reach_of(principal)
    return await database.row(_SEEN[reach], {"id": draw_id, "scope": scope})
