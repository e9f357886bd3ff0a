"""The query for institutions that have held no class for long."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam, func

from training_svc.classes.lifecycle import State as ClassState
from training_svc.classes.tables import classes
from training_svc.institutions.lifecycle import State
from training_svc.institutions.tables import institutions
from training_svc.instructors.instructor import Employment
from training_svc.instructors.lifecycle import State as InstructorState
from training_svc.instructors.tables import instructors
from training_svc.sites.repository import in_use_on
from training_svc.sites.tables import sites

_TODAY = bindparam("today", type_=sa.Date)
_last = (
    sa.select(func.max(classes.c.ends_on).label("ends_on"))
    .where(classes.c.institution_id == institutions.c.id, classes.c.state != ClassState.CANCELLED.value)
    .lateral("last_class")
)
# The day since which it is inactive, if it is: the end of its last class, or its registration.
_since = func.coalesce(_last.c.ends_on, institutions.c.registered_on)
_DUE = Statement(
    sa.select(
        institutions.c.id,
        institutions.c.credit_code,
        institutions.c.district,
        _last.c.ends_on.label("last_class_ended_on"),
        _since.label("since"),
        sa.select(sites.c.id)
        .where(sites.c.institution_id == institutions.c.id, in_use_on(_TODAY))
        .exists()
        .label("has_site"),
        sa.select(func.count())
        .where(
            instructors.c.institution_id == institutions.c.id,
            instructors.c.employment == Employment.FULL_TIME.value,
            instructors.c.state == InstructorState.ACTIVE.value,
        )
        .scalar_subquery()
        .label("full_time_instructors"),
    )
    .join(_last, sa.true())
    .where(
        institutions.c.state == State.ACTIVE.value,
        _since < bindparam("before", type_=sa.Date),
        institutions.c.inactive_since.is_distinct_from(_since),
    )
    .order_by(institutions.c.id)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(key_share=True, skip_locked=True, of=institutions)
)
_TOLD = Statement(
    institutions.update()
    .where(institutions.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(inactive_since=bindparam("since", type_=sa.Date))
)


async def due(tx: Transaction, before: date, today: date, most: int) -> list[Row]:
    """Institutions whose last class ended before ``before`` and of which that was not told yet, locked."""
    return await tx.rows(_DUE, {"before": before, "today": today, "most": most})


async def mark_told(tx: Transaction, told: list[tuple[UUID, date]]) -> None:
    """Remembers since when each was told to be inactive."""
    await tx.execute_many(_TOLD, [{"of_id": one, "since": since} for one, since in told])
