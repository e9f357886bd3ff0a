"""The figures that rankings rest on: one statement over all classes that ended in a period."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func

from training_svc.attendance.tables import attendance
from training_svc.classes.tables import classes, sessions
from training_svc.complaints.lifecycle import State as ComplaintState
from training_svc.complaints.tables import complaints
from training_svc.enrolments.lifecycle import WITH_A_PLACE, State
from training_svc.enrolments.tables import enrolments, state_among
from training_svc.follow_ups.tables import checks, follow_ups
from training_svc.institutions.tables import institutions
from training_svc.periodic_evaluations.tables import evaluations
from training_svc.policy.evaluation import ObjectKind
from training_svc.policy.organisers import QUALIFIED_STAGE
from training_svc.policy.ranking import Figures
from training_svc.projects.tables import projects
from training_svc.results.tables import results

_FIRST = bindparam("first", type_=sa.Date)
_LAST = bindparam("last", type_=sa.Date)
_DISTRICT = bindparam("district", type_=sa.Text)


def _held(of_district: bool) -> sa.CTE:
    """The classes that ended in the period, each with the number of its sessions."""
    count = (
        sa.select(func.count())
        .where(sessions.c.class_id == classes.c.id, sessions.c.cancelled_at.is_(None))
        .correlate(classes)
        .scalar_subquery()
    )
    held = (
        sa.select(classes.c.id, classes.c.institution_id, projects.c.stage, count.label("sessions"))
        .join(projects, projects.c.code == classes.c.project_code)
        .where(classes.c.ends_on >= _FIRST, classes.c.ends_on <= _LAST)
    )
    return (held.where(classes.c.district == _DISTRICT) if of_district else held).cte("held")


def _trained(held: sa.CTE) -> sa.CTE:
    """The trainees, by institution: how many passed, and how many of their sessions they attended.

    Who completed carries the counts of sessions; for the others attendance is looked up one by one. Who
    completed has passed (C01, C03), in stage 3 with the evaluation (C02), unless the result was made void.
    """
    present = (
        sa.select(func.count())
        .join_from(attendance, sessions, sessions.c.id == attendance.c.session_id)
        .where(
            attendance.c.enrolment_id == enrolments.c.id,
            attendance.c.present,
            sessions.c.cancelled_at.is_(None),
        )
        .correlate(enrolments)
        .scalar_subquery()
    )
    passed = sa.and_(
        enrolments.c.state == State.COMPLETED.value,
        sa.or_(held.c.stage != QUALIFIED_STAGE, func.coalesce(results.c.passed, sa.false())),
        sa.not_(func.coalesce(results.c.void, sa.false())),
    )
    return (
        sa.select(
            held.c.institution_id,
            func.count().label("trainees"),
            func.count().filter(passed).label("passed"),
            func.sum(func.coalesce(enrolments.c.sessions_held, held.c.sessions)).label("expected"),
            func.sum(func.coalesce(enrolments.c.sessions_attended, present)).label("attended"),
        )
        .join(enrolments, enrolments.c.class_id == held.c.id)
        .outerjoin(results, results.c.enrolment_id == enrolments.c.id)
        .where(state_among(WITH_A_PLACE))
        .group_by(held.c.institution_id)
        .cte("trained")
    )


def _followed(held: sa.CTE) -> sa.CTE:
    """The follow-up checks (T11) of those trainees that were due by the last day, and how many were made."""
    return (
        sa.select(
            held.c.institution_id,
            func.count().label("due"),
            func.count(checks.c.passed).label("made"),
        )
        .join(enrolments, enrolments.c.class_id == held.c.id)
        .join(follow_ups, follow_ups.c.enrolment_id == enrolments.c.id)
        .join(checks, checks.c.follow_up_id == follow_ups.c.id)
        .where(checks.c.due_on <= _LAST)
        .group_by(held.c.institution_id)
        .cte("followed")
    )


def _complained(of_district: bool) -> sa.CTE:
    """The complaints filed in the period that were upheld, by institution."""
    upheld = sa.select(complaints.c.institution_id, func.count().label("upheld")).where(
        # A literal, so that the partial index is seen to serve.
        complaints.c.state == sa.literal_column(f"'{ComplaintState.UPHELD}'"),
        complaints.c.filed_on >= _FIRST,
        complaints.c.filed_on <= _LAST,
    )
    if of_district:
        upheld = upheld.where(complaints.c.district == _DISTRICT)
    return upheld.group_by(complaints.c.institution_id).cte("complained")


def _evaluated(of_district: bool) -> sa.CTE:
    """The periodic evaluations of institutions (O03) whose period ended in the year, added up."""
    ended = sa.select(
        evaluations.c.institution_id,
        func.count().label("evaluations"),
        func.sum(evaluations.c.percent).label("percents"),
    ).where(
        # A literal, so that the partial index is seen to serve.
        evaluations.c.object_kind == sa.literal_column(f"'{ObjectKind.INSTITUTION}'"),
        evaluations.c.period_to >= _FIRST,
        evaluations.c.period_to <= _LAST,
    )
    if of_district:
        ended = ended.where(evaluations.c.district == _DISTRICT)
    return ended.group_by(evaluations.c.institution_id).cte("evaluated")


def _figures(of_district: bool) -> Statement:
    held = _held(of_district)
    trained, followed, complained = _trained(held), _followed(held), _complained(of_district)
    evaluated = _evaluated(of_district)

    def count(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return func.coalesce(column, 0).label(column.key)

    return Statement(
        sa.select(
            institutions.c.id,
            institutions.c.credit_code,
            institutions.c.name,
            trained,
            count(followed.c.due),
            count(followed.c.made),
            count(complained.c.upheld),
            count(evaluated.c.evaluations),
            count(evaluated.c.percents),
        )
        .join(trained, trained.c.institution_id == institutions.c.id)
        .outerjoin(followed, followed.c.institution_id == institutions.c.id)
        .outerjoin(complained, complained.c.institution_id == institutions.c.id)
        .outerjoin(evaluated, evaluated.c.institution_id == institutions.c.id)
        .order_by(institutions.c.name, institutions.c.id)
    )


_OF_CITY = _figures(of_district=False)
_OF_DISTRICT = _figures(of_district=True)


async def figures(
    source: Database | Transaction, first: date, last: date, district: str | None
) -> list[tuple[Row, Figures]]:
    """Every institution with trainees in classes that ended in the period, and its figures, by name."""
    statement = _OF_DISTRICT if district else _OF_CITY
    rows = await source.rows(statement, {"first": first, "last": last, "district": district})
    return [(row, _figures_of(row)) for row in rows]


def _figures_of(row: Row) -> Figures:
    return Figures(
        trainees=row["trainees"],
        passed=row["passed"],
        sessions_expected=int(row["expected"]),
        sessions_attended=int(row["attended"]),
        checks_due=row["due"],
        checks_made=row["made"],
        complaints_upheld=row["upheld"],
        evaluations=row["evaluations"],
        evaluation_percents=int(row["percents"]),
    )
