"""The figures of follow-up (S12, O30): opened within half a year, still trading, jobs an opening."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement
from sqlalchemy import bindparam, func

from training_svc.classes.tables import classes
from training_svc.enrolments.tables import enrolments
from training_svc.follow_ups.repository import STILL_COMPLETED
from training_svc.follow_ups.tables import businesses, checks, follow_ups
from training_svc.institutions.tables import institutions
from training_svc.policy.follow_up import CheckKind
from training_svc.projects.tables import projects
from training_svc.visibility import Reach, Scope, reaches


class Grouping(StrEnum):
    """What the figures are told by: 全部, 区, 机构, 项目, 阶段."""

    ALL = "all"
    DISTRICT = "district"
    INSTITUTION = "institution"
    PROJECT = "project"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Trading:
    """Of the checks answered ``months`` after the opening, how many businesses still traded."""

    months: int
    checked: int
    trading: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group.

    ``could_open``: completed, had no business before the class, and the half year is over;
    ``opened_in_time``: those of them that opened within it. ``opened``: all that ever opened after the class
    began; ``jobs``: those last told of their businesses that still trade.
    """

    group: str
    name: str
    completed: int
    could_open: int
    opened_in_time: int
    opened: int
    jobs: int
    trading: tuple[Trading, ...]


_first = businesses.alias("first_business")
_GROUPS: dict[Grouping, tuple[sa.ColumnElement[str], sa.ColumnElement[str]]] = {
    Grouping.ALL: (sa.literal("all"), sa.literal("全部")),
    Grouping.DISTRICT: (follow_ups.c.district, follow_ups.c.district),
    Grouping.INSTITUTION: (institutions.c.credit_code, institutions.c.name),
    Grouping.PROJECT: (projects.c.code, projects.c.name),
    Grouping.STAGE: (sa.cast(projects.c.stage, sa.Text), sa.cast(projects.c.stage, sa.Text)),
}
_half_year_over = follow_ups.c.completed_on + func.make_interval(
    0, bindparam("opening_months", type_=sa.Integer)
)
_had_none = sa.or_(_first.c.opened_on.is_(None), _first.c.opened_on >= classes.c.starts_on)
_could_open = sa.and_(_had_none, _half_year_over <= bindparam("today", type_=sa.Date))
_jobs = (
    sa.select(businesses.c.follow_up_id, func.sum(businesses.c.jobs).label("jobs"))
    .group_by(businesses.c.follow_up_id)
    .subquery("jobs_of")
)


def _counted(grouping: Grouping) -> sa.Select[Any]:
    group, name = _GROUPS[grouping]
    opened_here = sa.and_(_had_none, _first.c.opened_on.is_not(None))
    return _within(
        sa.select(
            group.label("group"),
            name.label("name"),
            func.count().label("completed"),
            func.count().filter(_could_open).label("could_open"),
            func.count()
            .filter(sa.and_(_could_open, _first.c.opened_on <= _half_year_over))
            .label("opened_in_time"),
            func.count().filter(opened_here).label("opened"),
            func.coalesce(func.sum(_jobs.c.jobs).filter(opened_here), 0).label("jobs"),
        )
        .select_from(follow_ups)
        .outerjoin(_first, sa.and_(_first.c.follow_up_id == follow_ups.c.id, _first.c.number == 1))
        .outerjoin(_jobs, _jobs.c.follow_up_id == follow_ups.c.id),
        grouping,
    )


def _traded(grouping: Grouping) -> sa.Select[Any]:
    group, name = _GROUPS[grouping]
    return _within(
        sa.select(
            group.label("group"),
            name.label("name"),
            checks.c.months,
            func.count().label("checked"),
            func.count().filter(checks.c.passed).label("trading"),
        )
        .select_from(follow_ups)
        .join(checks, checks.c.follow_up_id == follow_ups.c.id)
        .where(checks.c.kind == CheckKind.TRADING.value, checks.c.passed.is_not(None)),
        grouping,
        checks.c.months,
    )


def _within(select: sa.Select[Any], grouping: Grouping, *more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    group, name = _GROUPS[grouping]
    by = [] if grouping is Grouping.ALL else [group, name]
    return (
        select.join(enrolments, enrolments.c.id == follow_ups.c.enrolment_id)
        .join(classes, classes.c.id == follow_ups.c.class_id)
        .join(institutions, institutions.c.id == follow_ups.c.institution_id)
        .join(projects, projects.c.code == classes.c.project_code)
        .where(
            STILL_COMPLETED,
            follow_ups.c.completed_on.between(
                bindparam("first", type_=sa.Date), bindparam("last", type_=sa.Date)
            ),
        )
        .group_by(*by, *more)
        .order_by("group", *more)
    )


_REACHES = reaches(credit_code=institutions.c.credit_code, district=follow_ups.c.district)


def _by_reach(select: sa.Select[Any]) -> dict[Reach, Statement]:
    return {
        reach: Statement(select if condition is None else select.where(condition))
        for reach, condition in _REACHES.items()
    }


_COUNTED = {grouping: _by_reach(_counted(grouping)) for grouping in Grouping}
_TRADED = {grouping: _by_reach(_traded(grouping)) for grouping in Grouping}


async def figures(
    database: Database,
    scope: Scope,
    grouping: Grouping,
    *,
    first: date,
    last: date,
    opening_months: int,
    today: date,
) -> list[Figures]:
    """The figures of those who completed from ``first`` to ``last``, both included, by group."""
    values = {"scope": scope.value, "first": first, "last": last}
    counted = await database.rows(
        _COUNTED[grouping][scope.reach], values | {"opening_months": opening_months, "today": today}
    )
    traded: dict[str, list[Trading]] = defaultdict(list)
    for row in await database.rows(_TRADED[grouping][scope.reach], values):
        traded[row["group"]].append(Trading(row["months"], row["checked"], row["trading"]))
    return [_figures(row, tuple(traded[row["group"]])) for row in counted]


def _figures(row: Row, trading: tuple[Trading, ...]) -> Figures:
    return Figures(
        group=row["group"],
        name=row["name"],
        completed=row["completed"],
        could_open=row["could_open"],
        opened_in_time=row["opened_in_time"],
        opened=row["opened"],
        jobs=row["jobs"],
        trading=trading,
    )
