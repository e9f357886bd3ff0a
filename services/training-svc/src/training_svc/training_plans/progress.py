"""Planned against done (计划与完成, O02): counted from the classes, enrolments and completions themselves."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement
from sqlalchemy import bindparam, func

from training_svc.classes.lifecycle import State as ClassState
from training_svc.classes.tables import classes
from training_svc.enrolments.lifecycle import State as EnrolmentState
from training_svc.enrolments.tables import HAS_A_PLACE, enrolments
from training_svc.policy.plans import TargetGroup
from training_svc.projects.tables import projects
from training_svc.training_plans.lifecycle import State
from training_svc.training_plans.tables import training_plan_lines as lines
from training_svc.training_plans.tables import training_plans as plans


class By(StrEnum):
    """What the rows of the comparison are: 按阶段, 按培训对象 (within a stage)."""

    STAGE = "stage"
    TARGET_GROUP = "target_group"


_DISTRICT = bindparam("district", type_=sa.Text)


def _literal(state: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{state}'")


_COMPLETED = _literal(EnrolmentState.COMPLETED)
_GROUP = func.coalesce(enrolments.c.priority_group, _literal(TargetGroup.GENERAL))


_KEYS: Mapping[By, tuple[str, ...]] = {
    By.STAGE: ("district", "stage"),
    By.TARGET_GROUP: ("district", "stage", "target_group"),
}


def _planned(keys: Sequence[str]) -> sa.Select[Any]:
    by = [
        {"district": plans.c.district, "stage": lines.c.stage, "target_group": lines.c.target_group}[key]
        for key in keys
    ]
    return (
        sa.select(
            *by,
            func.sum(lines.c.people).label("planned_people"),
            func.sum(lines.c.classes).label("planned_classes"),
        )
        .join(lines, lines.c.plan_id == plans.c.id)
        .where(
            plans.c.year == bindparam("year", type_=sa.SmallInteger),
            plans.c.state == _literal(State.ACCEPTED),
        )
        .group_by(*by)
    )


def _done(keys: Sequence[str]) -> sa.Select[Any]:
    """What was done in the classes that began in the year, whenever they end; cancelled ones are none.

    Who waits, withdrew or changed into another class has no place and is not counted there.
    """
    by = [
        {"district": classes.c.district, "stage": projects.c.stage, "target_group": _GROUP}[key]
        for key in keys
    ]
    # A class without anybody in it counts for its stage, and for no target group.
    nobody_in_it = "target_group" not in keys
    return (
        sa.select(
            *(column.label(key) for key, column in zip(keys, by, strict=True)),
            func.count(classes.c.id.distinct()).label("classes"),
            func.count(enrolments.c.id).label("enrolled"),
            func.count(enrolments.c.id).filter(enrolments.c.state == _COMPLETED).label("completed"),
        )
        .join(projects, projects.c.code == classes.c.project_code)
        .join(
            enrolments,
            sa.and_(enrolments.c.class_id == classes.c.id, HAS_A_PLACE),
            isouter=nobody_in_it,
        )
        .where(
            classes.c.state == _literal(ClassState.FILED),
            classes.c.starts_on >= bindparam("first", type_=sa.Date),
            classes.c.starts_on <= bindparam("last", type_=sa.Date),
        )
        .group_by(*by)
    )


def _compared(by: By, *, of_one_district: bool) -> Statement:
    keys = _KEYS[by]
    planned_rows, done_rows = _planned(keys), _done(keys)
    if of_one_district:
        planned_rows = planned_rows.where(plans.c.district == _DISTRICT)
        done_rows = done_rows.where(classes.c.district == _DISTRICT)
    planned, done = planned_rows.subquery("planned"), done_rows.subquery("done")
    shown = {key: func.coalesce(planned.c[key], done.c[key]).label(key) for key in keys}
    asked = bindparam("stage", type_=sa.SmallInteger)
    counts = [
        func.coalesce(column, 0).label(column.name)
        for column in (
            planned.c.planned_classes,
            done.c.classes,
            planned.c.planned_people,
            done.c.enrolled,
            done.c.completed,
        )
    ]
    return Statement(
        sa.select(*shown.values(), *counts)
        .select_from(planned.join(done, sa.and_(*(planned.c[key] == done.c[key] for key in keys)), full=True))
        .where(sa.or_(asked.is_(None), shown["stage"] == asked))
        .order_by(*shown.values())
    )


_OF_ALL = {by: _compared(by, of_one_district=False) for by in By}
_OF_ONE = {by: _compared(by, of_one_district=True) for by in By}


async def of_year(
    database: Database, year: int, by: By, district: str | None, stage: int | None
) -> list[Row]:
    """Planned and done of a year by district and stage, or target group too: of one district, or of all."""
    values = {"year": year, "first": date(year, 1, 1), "last": date(year, 12, 31), "stage": stage}
    statements = _OF_ONE if district else _OF_ALL
    return await database.rows(statements[by], values | {"district": district})
