"""The queries on training plans."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.policy.plans import TargetGroup
from training_svc.training_plans.lifecycle import State
from training_svc.training_plans.plan import Plan, PlanLine
from training_svc.training_plans.tables import training_plan_lines as lines
from training_svc.training_plans.tables import training_plans as plans
from training_svc.visibility import Scope, by_reach, office_reaches

_REACHES = office_reaches(plans.c.district)


def _total(column: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    return sa.select(func.sum(column)).where(lines.c.plan_id == plans.c.id).scalar_subquery()


_SELECT = sa.select(plans, _total(lines.c.people).label("people"), _total(lines.c.classes).label("classes"))
LIST = Listing(
    _SELECT,
    key=Order(plans.c.id, UUID),
    orders={"year": Order(plans.c.year, int), "submitted_on": Order(plans.c.submitted_on, date)},
    filters={
        "district": equal(plans.c.district),
        "year": equal(plans.c.year),
        "state": equal(plans.c.state),
    },
    reaches=_REACHES,
)


_ID = plans.c.id == bindparam("id", type_=sa.Uuid)
_ONE = by_reach(sa.select(plans).where(_ID), _REACHES)
_FOR_UPDATE = by_reach(sa.select(plans).where(_ID).with_for_update(), _REACHES)
_OF_PLAN = lines.c.plan_id == bindparam("plan_id", type_=sa.Uuid)
_LINES = Statement(sa.select(lines).where(_OF_PLAN).order_by(lines.c.stage, lines.c.target_group))
_CLEAR = Statement(lines.delete().where(_OF_PLAN))
_ADD = Statement(
    lines.insert().values({one.name: bindparam(one.name, type_=one.type) for one in lines.columns})
)
_NEW = ("id", "district", "year", "state", "submitted_at", "submitted_on", "submitted_by", "version")
_INSERT = Statement(
    insert(plans)
    .values({name: bindparam(name, type_=plans.c[name].type) for name in _NEW})
    .on_conflict_do_nothing()
    .returning(plans.c.id)
)
_SAVED = (
    "state",
    "submitted_at",
    "submitted_on",
    "decided_at",
    "decided_on",
    "decided_by",
    "reason",
    "version",
)
_SAVE = Statement(
    plans.update()
    .where(plans.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=plans.c[name].type) for name in _SAVED})
)


async def insert_new(tx: Transaction, plan: Plan, submitted_by: str) -> bool:
    """Adds a plan with its lines; False if the district has one for the year."""
    values = {name: getattr(plan, name) for name in _NEW if name != "submitted_by"}
    if await tx.row(_INSERT, values | {"submitted_by": submitted_by}) is None:
        return False
    await _add_lines(tx, plan)
    return True


async def one(tx: Transaction, plan_id: UUID, scope: Scope) -> Plan | None:
    """A plan that the scope sees, with its lines."""
    return await _loaded(tx, _ONE[scope.reach], plan_id, scope)


async def load_for_update(tx: Transaction, plan_id: UUID, scope: Scope) -> Plan | None:
    """A plan that the scope sees, with its lines, locked."""
    return await _loaded(tx, _FOR_UPDATE[scope.reach], plan_id, scope)


async def save(tx: Transaction, plan: Plan) -> None:
    """Writes what a decision, a new submission or an amendment changed."""
    await tx.execute(_SAVE, {name: getattr(plan, name) for name in _SAVED} | {"of_id": plan.id})
    await tx.execute(_CLEAR, {"plan_id": plan.id})
    await _add_lines(tx, plan)


async def _add_lines(tx: Transaction, plan: Plan) -> None:
    values = [
        {
            "plan_id": plan.id,
            "stage": one.stage,
            "target_group": one.target_group,
            "people": one.people,
            "classes": one.classes,
        }
        for one in plan.lines
    ]
    await tx.execute_many(_ADD, values)


async def _loaded(tx: Transaction, statement: Statement, plan_id: UUID, scope: Scope) -> Plan | None:
    row = await tx.row(statement, {"id": plan_id, "scope": scope.value})
    if row is None:
        return None
    return _plan(row, await tx.rows(_LINES, {"plan_id": plan_id}))


def _plan(row: Row, found: list[Row]) -> Plan:
    return Plan(
        id=row["id"],
        district=row["district"],
        year=row["year"],
        lines=tuple(
            PlanLine(one["stage"], TargetGroup(one["target_group"]), one["people"], one["classes"])
            for one in found
        ),
        state=State(row["state"]),
        submitted_at=row["submitted_at"],
        submitted_on=row["submitted_on"],
        version=row["version"],
        decided_at=row["decided_at"],
        decided_on=row["decided_on"],
        decided_by=row["decided_by"],
        reason=row["reason"],
    )
