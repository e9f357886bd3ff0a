"""Gathering what is known against the objects of a draw by risk (C05, O03): a query for each fact.

All but the last inspection is counted for the institution to which an object belongs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from chuangpei.kernel.clock import start_of_day
from chuangpei.kernel.dates import add_months
from sqlalchemy import bindparam, func

from training_svc.anomalies.tables import anomalies
from training_svc.classes.tables import classes
from training_svc.complaints.lifecycle import State as ComplaintState
from training_svc.complaints.tables import complaints
from training_svc.enrolments.tables import enrolments
from training_svc.inspections.tables import inspections
from training_svc.policy.draw import RiskFacts
from training_svc.results.tables import results
from training_svc.sanctions.lifecycle import State as SanctionState
from training_svc.sanctions.tables import sanctions
from training_svc.supervised.repository import Supervised

_since = bindparam("since", type_=sa.Date)


def _counted(institution_id: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(institution_id.label("institution_id"), func.count().label("count"))
        .where(institution_id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))), *conditions)
        .group_by(institution_id)
    )


# What fails: an evaluation that nobody passed in the end, and one that a revoked certificate made void.
_failing = sa.and_(
    sa.or_(results.c.void, sa.and_(results.c.attempts > 0, ~results.c.passed)),
    func.coalesce(results.c.revoked_on, results.c.evaluated_on) >= _since,
)
_COUNTS: Mapping[str, Statement] = {
    "complaints": Statement(
        _counted(
            complaints.c.institution_id,
            complaints.c.state != ComplaintState.DISMISSED.value,
            complaints.c.filed_on >= _since,
        )
    ),
    "anomalies": Statement(
        _counted(
            anomalies.c.institution_id,
            anomalies.c.found_at >= bindparam("since_at", type_=sa.DateTime(timezone=True)),
        )
    ),
    "failing_results": Statement(
        _counted(classes.c.institution_id, _failing).select_from(
            classes.join(enrolments, enrolments.c.class_id == classes.c.id).join(
                results, results.c.enrolment_id == enrolments.c.id
            )
        )
    ),
    "penalties": Statement(
        _counted(
            sanctions.c.institution_id,
            sanctions.c.state == SanctionState.IN_FORCE.value,
            sanctions.c.starts_on >= _since,
        )
    ),
    "classes": Statement(_counted(classes.c.institution_id)),
}
_LAST_VISITS = Statement(
    sa.select(inspections.c.object_id, func.max(inspections.c.visited_on).label("visited_on"))
    .where(
        inspections.c.object_id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
        inspections.c.visited_on.is_not(None),
    )
    .group_by(inspections.c.object_id)
)


async def risk_facts(
    tx: Transaction, objects: Sequence[Supervised], today: date, months: int
) -> dict[UUID, RiskFacts]:
    """What is known against each object on a day (Asia/Shanghai), of the last ``months``."""
    since = add_months(today, -months)
    asked = {
        "ids": sorted({one.institution_id for one in objects}),
        "since": since,
        "since_at": start_of_day(since),
    }
    counts: dict[str, dict[UUID, int]] = {}
    for name, statement in _COUNTS.items():
        counts[name] = {row["institution_id"]: row["count"] for row in await tx.rows(statement, asked)}
    visits = await tx.rows(_LAST_VISITS, {"ids": [one.id for one in objects]})
    visited = {row["object_id"]: row["visited_on"] for row in visits}
    return {one.id: _facts(one, counts, visited.get(one.id), today) for one in objects}


def _facts(
    one: Supervised, counts: Mapping[str, Mapping[UUID, int]], visited_on: date | None, today: date
) -> RiskFacts:
    def counted(name: str) -> int:
        return counts[name].get(one.institution_id, 0)

    return RiskFacts(
        complaints=counted("complaints"),
        anomalies=counted("anomalies"),
        failing_results=counted("failing_results"),
        penalties=counted("penalties"),
        first_class=counted("classes") == 1,
        days_since_inspection=None if visited_on is None else (today - visited_on).days,
    )
