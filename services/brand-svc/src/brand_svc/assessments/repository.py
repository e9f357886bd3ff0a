"""Queries on assessments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, select

from brand_svc.access import reaches
from brand_svc.assessments.assessment import Assessment
from brand_svc.assessments.lifecycle import NEXT, Action, State
from brand_svc.assessments.tables import assessments
from brand_svc.brands.lifecycle import State as BrandState
from brand_svc.brands.tables import brands
from brand_svc.policy.facts import Tier
from brand_svc.reader import Reader
from brand_svc.rounds.tables import recognitions
from brand_svc.schema import written

_NAMES = tuple(column.name for column in assessments.c)
_INSERT = Statement(assessments.insert().values({name: bindparam(name) for name in _NAMES}))
_ONE = select(assessments).where(assessments.c.id == bindparam("id"))
_FIND = Statement(_ONE)
_FOR_UPDATE = Statement(_ONE.with_for_update())
_SAVED = (
    "state",
    "materials",
    "entered_on",
    "entered_by",
    "comment",
    "evidence",
    "findings",
    "assessed_on",
)
_SAVE = Statement(
    assessments.update()
    .where(assessments.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name, type_=assessments.c[name].type) for name in _SAVED}
        | {"version": bindparam("next_version")}
    )
)
# Those whose brand was revoked meanwhile are no part of the round any more (B11).
_STANDING = Statement(
    select(assessments)
    .join_from(assessments, brands, brands.c.id == assessments.c.brand_id)
    .where(assessments.c.round_id == bindparam("round_id"), brands.c.state == written(BrandState.ACTIVE))
    .order_by(assessments.c.credit_code)
)
_OF_ROUND = Statement(
    select(assessments).where(
        assessments.c.round_id == bindparam("round_id"),
        assessments.c.id == sa.func.any(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
    )
)
LIST = Listing(
    select(assessments),
    key=Order(assessments.c.id, UUID),
    orders={
        "institution_name": Order(assessments.c.institution_name, str),
        "district": Order(assessments.c.district, str),
    },
    filters={name: equal(assessments.c[name]) for name in ("round_id", "state", "district", "credit_code")},
    reaches=reaches(credit_code=assessments.c.credit_code, district=assessments.c.district),
)

_revoked = sa.exists().where(
    brands.c.id == assessments.c.brand_id, brands.c.state == written(BrandState.REVOKED)
)
_listed = sa.exists().where(recognitions.c.assessment_id == assessments.c.id)


def _concluding(action: Action, condition: sa.ColumnElement[bool]) -> Statement:
    [after] = {after for (_, step), after in NEXT.items() if step is action}
    befores = [written(before) for before, step in NEXT if step is action]
    return Statement(
        assessments.update()
        .where(assessments.c.round_id == bindparam("of_round"), assessments.c.state.in_(befores), condition)
        .values(state=written(after), version=assessments.c.version + 1)
    )


_CONCLUDE = (
    _concluding(Action.DISCONTINUE, _revoked),
    _concluding(Action.KEEP, _listed),
    _concluding(Action.END, ~_listed),
    _concluding(Action.END_ABSENT, sa.true()),
)


def assessment_of(row: Row) -> Assessment:
    """The assessment of a row."""
    values: dict[str, Any] = {name: row[name] for name in _NAMES}
    return Assessment(**{**values, "state": State(row["state"]), "tier": Tier(row["tier"])})


async def add_all(tx: Transaction, opened: Sequence[Assessment]) -> None:
    """Adds the assessments of a round; the database refuses a second one of a credit code."""
    await tx.execute_many(_INSERT, [{name: getattr(one, name) for name in _NAMES} for one in opened])


async def find(reader: Reader, assessment_id: UUID) -> Assessment | None:
    """The assessment, without a lock."""
    row = await reader.row(_FIND, {"id": assessment_id})
    return assessment_of(row) if row else None


async def load_for_update(tx: Transaction, assessment_id: UUID) -> Assessment | None:
    """The assessment, locked until the transaction ends."""
    row = await tx.row(_FOR_UPDATE, {"id": assessment_id})
    return assessment_of(row) if row else None


async def save(tx: Transaction, assessment: Assessment) -> None:
    """Stores a changed assessment and raises its version."""
    values = {name: getattr(assessment, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": assessment.id, "next_version": assessment.version + 1})
    assessment.version += 1


async def standing_of_round(tx: Transaction, round_id: UUID) -> list[Assessment]:
    """The assessments of a round whose brands are in force, by credit code."""
    return [assessment_of(row) for row in await tx.rows(_STANDING, {"round_id": round_id})]


async def of_round(tx: Transaction, round_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Assessment]:
    """Those of the assessments that belong to the round."""
    rows = await tx.rows(_OF_ROUND, {"round_id": round_id, "ids": list(ids)})
    return {row["id"]: assessment_of(row) for row in rows}


async def conclude(tx: Transaction, round_id: UUID) -> None:
    """Gives every assessment of a round its outcome, as the list says (B06)."""
    for statement in _CONCLUDE:
        await tx.execute(statement, {"of_round": round_id})
