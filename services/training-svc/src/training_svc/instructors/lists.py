"""The list of instructors: its filters and orders, and who stands where today."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.listing import Filter, Listing, Order, equal, until

from training_svc.institutions.tables import institutions
from training_svc.instructors.lifecycle import State
from training_svc.instructors.repository import SCOPE, SELECT
from training_svc.instructors.tables import instructor_projects, instructors
from training_svc.visibility import reaches


def _stored_and(state: State, condition: Any) -> Filter:
    """Who has the stored state, and meets the condition on a day."""
    return Filter(sa.Date(), lambda day: sa.and_(instructors.c.state == state.value, condition(day)))


LIST = Listing(
    SELECT,
    key=Order(instructors.c.id, UUID),
    orders={
        "applied_at": Order(instructors.c.applied_at, datetime),
        "masked_name": Order(instructors.c.masked_name, str),
    },
    filters={
        "state": equal(instructors.c.state),
        "active_on": _stored_and(State.ACTIVE, lambda day: instructors.c.appraisal_due_on > day),
        "due_on": _stored_and(State.ACTIVE, lambda day: instructors.c.appraisal_due_on <= day),
        "exiting_on": _stored_and(State.EXITING, lambda day: instructors.c.exits_on > day),
        "exited_on": Filter(
            sa.Date(),
            lambda day: sa.and_(
                sa.or_(instructors.c.state == State.EXITING.value, instructors.c.state == State.EXITED.value),
                instructors.c.exits_on <= day,
            ),
        ),
        "district": equal(instructors.c.district),
        "credit_code": equal(institutions.c.credit_code),
        "employment": equal(instructors.c.employment),
        "project_code": Filter(
            sa.Text(),
            lambda code: instructors.c.id.in_(
                sa.select(instructor_projects.c.instructor_id).where(
                    instructor_projects.c.project_code == code
                )
            ),
        ),
        "due_by": until(instructors.c.appraisal_due_on),
    },
    reaches=reaches(**SCOPE),
)
_BY_DAY = {
    State.ACTIVE: "active_on",
    State.APPRAISAL_DUE: "due_on",
    State.EXITING: "exiting_on",
    State.EXITED: "exited_on",
}


def in_state(state: State | None, today: date) -> Mapping[str, Any]:
    """The filters that find who stands in ``state`` today, whatever the stored state is."""
    if state in _BY_DAY:
        return {"state": None, _BY_DAY[state]: today}
    return {"state": state}
