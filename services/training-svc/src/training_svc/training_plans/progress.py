"""Planned against done (计划与完成, O02): counted from the classes, enrolments and completions themselves."""

from datetime import date

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement
from sqlalchemy import bindparam, func

from training_svc.classes.lifecycle import State as ClassState
from training_svc.classes.tables import classes
from training_svc.enrolments.lifecycle import State as EnrolmentState
from training_svc.enrolments.tables import HAS_A_PLACE, enrolments
from training_svc.projects.tables import projects
from training_svc.training_plans.lifecycle import State
from training_svc.training_plans.tables import training_plan_lines as lines
from training_svc.training_plans.tables import training_plans as plans

_DISTRICT = bindparam("district", type_=sa.Text)


def _literal(state: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{state}'")


_COMPLETED = _literal(EnrolmentState.COMPLETED)


def _planned() -> sa.Select[tuple[str, int, int, int]]:
    return (
        sa.select(
            plans.c.district,
            lines.c.stage,
            func.sum(lines.c.people).label("planned_people"),
            func.sum(lines.c.classes).label("planned_classes"),
        )
        .join(lines, lines.c.plan_id == plans.c.id)
        .where(
            plans.c.year == bindparam("year", type_=sa.SmallInteger),
            plans.c.state == _literal(State.ACCEPTED),
        )
        .group_by(plans.c.district, lines.c.stage)
    )


def _done() -> sa.Select[tuple[str, int, int, int, int]]:
    """What was done in the classes that began in the year, whenever they end; cancelled ones are none."""
    return (
        sa.select(
            classes.c.district,
            projects.c.stage,
            func.count(classes.c.id.distinct()).label("classes"),
            func.count(enrolments.c.id).label("enrolled"),
            func.count(enrolments.c.id).filter(enrolments.c.state == _COMPLETED).label("completed"),
        )
        .join(projects, projects.c.code == classes.c.project_code)
        .outerjoin(
            enrolments,
            sa.and_(
                enrolments.c.class_id == classes.c.id,
                HAS_A_PLACE,
            ),
        )
        .where(
            classes.c.state == _literal(ClassState.FILED),
            classes.c.starts_on >= bindparam("first", type_=sa.Date),
            classes.c.starts_on <= bindparam("last", type_=sa.Date),
        )
        .group_by(classes.c.district, projects.c.stage)
    )


def _compared(*, of_one_district: bool) -> Statement:
    planned_rows, done_rows = _planned(), _done()
    if of_one_district:
        planned_rows = planned_rows.where(plans.c.district == _DISTRICT)
        done_rows = done_rows.where(classes.c.district == _DISTRICT)
    planned, done = planned_rows.subquery("planned"), done_rows.subquery("done")
    district = func.coalesce(planned.c.district, done.c.district)
    stage = func.coalesce(planned.c.stage, done.c.stage)
    asked = bindparam("stage", type_=sa.SmallInteger)
    same = sa.and_(planned.c.district == done.c.district, planned.c.stage == done.c.stage)
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
        sa.select(district.label("district"), stage.label("stage"), *counts)
        .select_from(planned.join(done, same, full=True))
        .where(sa.or_(asked.is_(None), stage == asked))
        .order_by(district, stage)
    )


_OF_ALL, _OF_ONE = _compared(of_one_district=False), _compared(of_one_district=True)


async def of_year(database: Database, year: int, district: str | None, stage: int | None) -> list[Row]:
    """Planned and done of a year by district and stage: of one district, or of all."""
    values = {"year": year, "first": date(year, 1, 1), "last": date(year, 12, 31), "stage": stage}
    return await database.rows(_OF_ONE if district else _OF_ALL, values | {"district": district})
