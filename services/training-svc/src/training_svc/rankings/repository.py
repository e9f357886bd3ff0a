"""The queries on rankings: the figures they rest on, in one pass over a year, and what was published."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func

from training_svc.attendance.tables import attendance
from training_svc.classes.tables import classes, sessions
from training_svc.complaints.lifecycle import State as ComplaintState
from training_svc.complaints.tables import complaints
from training_svc.enrolments.lifecycle import State
from training_svc.enrolments.tables import enrolments
from training_svc.institutions.tables import institutions
from training_svc.policy.organisers import QUALIFIED_STAGE
from training_svc.policy.ranking import Figures
from training_svc.projects.tables import projects
from training_svc.rankings.tables import ranking_entries, rankings
from training_svc.results.tables import results

_FIRST = bindparam("first", type_=sa.Date)
_LAST = bindparam("last", type_=sa.Date)
_DISTRICT = bindparam("district", type_=sa.Text)
# Who took part to the end, whether it was recognised or not.
_TRAINEES = (State.ENROLLED, State.COMPLETED, State.COMPLETION_REVOKED)


def failing_in_the_last_ranking(institution_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether the institution is failing in the ranking published last of those it is in."""
    last = (
        sa.select(ranking_entries.c.failing)
        .where(ranking_entries.c.institution_id == institution_id)
        .order_by(ranking_entries.c.ranking_id.desc())
        .limit(1)
        .correlate_except(ranking_entries)
        .scalar_subquery()
    )
    return func.coalesce(last, sa.false())


def _figures(of_district: bool) -> Statement:
    """The figures of every institution with classes that ended in the period.

    Who completed carries the count of sessions; for the others attendance is looked up one by one. Who
    completed has passed (C01, C03), in stage 3 with the evaluation (C02), unless the result was made void.
    """
    held = sa.select(
        classes.c.id,
        classes.c.institution_id,
        projects.c.stage,
        sa.select(func.count())
        .where(sessions.c.class_id == classes.c.id)
        .correlate(classes)
        .scalar_subquery()
        .label("sessions"),
    ).join(projects, projects.c.code == classes.c.project_code)
    held = held.where(classes.c.ends_on >= _FIRST, classes.c.ends_on <= _LAST)
    complained = sa.select(complaints.c.institution_id, func.count().label("upheld")).where(
        complaints.c.state == sa.literal_column(f"'{ComplaintState.UPHELD}'"),
        complaints.c.filed_on >= _FIRST,
        complaints.c.filed_on <= _LAST,
    )
    if of_district:
        held = held.where(classes.c.district == _DISTRICT)
        complained = complained.where(complaints.c.district == _DISTRICT)
    held_ = held.cte("held")
    complained_ = complained.group_by(complaints.c.institution_id).cte("complained")
    present = (
        sa.select(func.count())
        .where(attendance.c.enrolment_id == enrolments.c.id, attendance.c.present)
        .correlate(enrolments)
        .scalar_subquery()
    )
    completed = enrolments.c.state == State.COMPLETED.value
    passed = sa.and_(
        completed,
        sa.or_(held_.c.stage != QUALIFIED_STAGE, func.coalesce(results.c.passed, sa.false())),
        sa.not_(func.coalesce(results.c.void, sa.false())),
    )
    trained = (
        sa.select(
            held_.c.institution_id,
            func.count().label("trainees"),
            func.count().filter(completed).label("completed"),
            func.count().filter(passed).label("passed"),
            func.sum(func.coalesce(enrolments.c.sessions_held, held_.c.sessions)).label("expected"),
            func.sum(func.coalesce(enrolments.c.sessions_attended, present)).label("attended"),
        )
        .join(enrolments, enrolments.c.class_id == held_.c.id)
        .outerjoin(results, results.c.enrolment_id == enrolments.c.id)
        .where(sa.or_(*(enrolments.c.state == state.value for state in _TRAINEES)))
        .group_by(held_.c.institution_id)
        .cte("trained")
    )
    return Statement(
        sa.select(
            institutions.c.id,
            institutions.c.credit_code,
            institutions.c.name,
            trained,
            func.coalesce(complained_.c.upheld, 0).label("upheld"),
        )
        .join(trained, trained.c.institution_id == institutions.c.id)
        .outerjoin(complained_, complained_.c.institution_id == institutions.c.id)
        .order_by(institutions.c.name, institutions.c.id)
    )


_FIGURES_OF_CITY = _figures(of_district=False)
_FIGURES_OF_DISTRICT = _figures(of_district=True)
_INSERT = Statement(
    rankings.insert().values({one.name: bindparam(one.name, type_=one.type) for one in rankings.columns})
)
_INSERT_ENTRY = Statement(
    ranking_entries.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in ranking_entries.columns}
    )
)
_ONE = Statement(sa.select(rankings).where(rankings.c.id == bindparam("id")))
PUBLISHED = Listing(
    sa.select(rankings),
    key=Order(rankings.c.id, UUID),
    orders={"year": Order(rankings.c.year, int)},
    filters={"year": equal(rankings.c.year), "district": equal(rankings.c.district)},
)
ENTRIES = Listing(
    sa.select(ranking_entries),
    key=Order(ranking_entries.c.place, int),
    filters={
        "ranking_id": equal(ranking_entries.c.ranking_id),
        "failing": equal(ranking_entries.c.failing),
    },
)


async def figures(
    source: Database | Transaction, first: date, last: date, district: str | None
) -> list[tuple[Row, Figures]]:
    """Every institution with trainees in classes that ended in the period, and its figures, by name."""
    statement = _FIGURES_OF_DISTRICT if district else _FIGURES_OF_CITY
    rows = await source.rows(statement, {"first": first, "last": last, "district": district})
    return [(row, _figures_of(row)) for row in rows]


async def insert_new(tx: Transaction, values: dict[str, Any], entries: Sequence[dict[str, Any]]) -> None:
    """Keeps a published ranking with its places."""
    await tx.execute(_INSERT, values)
    await tx.execute_many(_INSERT_ENTRY, entries)


async def one(source: Database | Transaction, ranking_id: UUID) -> Row | None:
    """A published ranking."""
    return await source.row(_ONE, {"id": ranking_id})


def _figures_of(row: Row) -> Figures:
    return Figures(
        trainees=row["trainees"],
        passed=row["passed"],
        sessions_expected=int(row["expected"]),
        sessions_attended=int(row["attended"]),
        completed=row["completed"],
        followed_up=None,
        complaints_upheld=row["upheld"],
    )
