"""The query for institutions that have held no class for long."""

from datetime import date

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
_has_site = (
    sa.select(sites.c.id).where(sites.c.institution_id == institutions.c.id, in_use_on(_TODAY)).exists()
)
_full_time = (
    sa.select(func.count())
    .where(
        instructors.c.institution_id == institutions.c.id,
        instructors.c.employment == Employment.FULL_TIME.value,
        instructors.c.state == InstructorState.ACTIVE.value,
    )
    .scalar_subquery()
)
_DUE = Statement(
    sa.select(
        institutions.c.id,
        institutions.c.credit_code,
        institutions.c.district,
        _last.c.ends_on.label("last_class_ended_on"),
        _since.label("since"),
        _has_site.label("has_site"),
        _full_time.label("full_time_instructors"),
    )
    .join(_last, sa.true())
    .where(
        institutions.c.state == State.ACTIVE.value,
        _since < bindparam("before", type_=sa.Date),
        sa.or_(
            institutions.c.inactive_since.is_distinct_from(_since),
            institutions.c.inactive_has_site.is_distinct_from(_has_site),
            institutions.c.inactive_full_time.is_distinct_from(_full_time),
        ),
    )
    .order_by(institutions.c.id)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(key_share=True, skip_locked=True, of=institutions)
)
_TOLD = Statement(
    institutions.update()
    .where(institutions.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        inactive_since=bindparam("since", type_=sa.Date),
        inactive_has_site=bindparam("has_site", type_=sa.Boolean),
        inactive_full_time=bindparam("full_time", type_=sa.Integer),
    )
)


async def due(tx: Transaction, before: date, today: date, most: int) -> list[Row]:
    """Institutions whose last class ended before ``before``, locked, of which that was not told yet.

    Or was told with another site or other full-time teachers than there are today.
    """
    return await tx.rows(_DUE, {"before": before, "today": today, "most": most})


async def mark_told(tx: Transaction, told: list[Row]) -> None:
    """Remembers since when each was told to be inactive, and with which site and teachers."""
    await tx.execute_many(
        _TOLD,
        [
            {
                "of_id": row["id"],
                "since": row["since"],
                "has_site": row["has_site"],
                "full_time": row["full_time_instructors"],
            }
            for row in told
        ],
    )
