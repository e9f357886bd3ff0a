"""Gathering what is known against the objects of a draw by risk (C05, O03): a query for each fact."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from sqlalchemy import bindparam, func

from training_svc.classes.tables import classes
from training_svc.inspections.tables import inspections
from training_svc.policy.draw import RiskFacts
from training_svc.supervised.repository import Supervised

Gathered = Mapping[UUID, Mapping[str, Any]]
Gather = Callable[[Transaction, Sequence[Supervised], date], Awaitable[Gathered]]

_LAST_VISITS = Statement(
    sa.select(inspections.c.object_id, func.max(inspections.c.visited_on).label("visited_on"))
    .where(
        inspections.c.object_id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
        inspections.c.visited_on.is_not(None),
    )
    .group_by(inspections.c.object_id)
)
_BEGINNERS = Statement(
    sa.select(classes.c.institution_id)
    .where(classes.c.institution_id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
    .group_by(classes.c.institution_id)
    .having(func.count() == 1)
)


async def days_since_inspection(tx: Transaction, objects: Sequence[Supervised], today: date) -> Gathered:
    """How long ago each object was visited."""
    rows = await tx.rows(_LAST_VISITS, {"ids": [one.id for one in objects]})
    return {row["object_id"]: {"days_since_inspection": (today - row["visited_on"]).days} for row in rows}


async def first_class(tx: Transaction, objects: Sequence[Supervised], _: date) -> Gathered:
    """Whose institution holds its first class."""
    ids = sorted({one.institution_id for one in objects})
    beginners = {row["institution_id"] for row in await tx.rows(_BEGINNERS, {"ids": ids})}
    return {one.id: {"first_class": one.institution_id in beginners} for one in objects}


GATHERED: tuple[Gather, ...] = (days_since_inspection, first_class)


async def risk_facts(tx: Transaction, objects: Sequence[Supervised], today: date) -> dict[UUID, RiskFacts]:
    """What is known against each object on a day (Asia/Shanghai)."""
    facts = {one.id: RiskFacts() for one in objects}
    for gather in GATHERED:
        for object_id, found in (await gather(tx, objects, today)).items():
            facts[object_id] = replace(facts[object_id], **found)
    return facts
