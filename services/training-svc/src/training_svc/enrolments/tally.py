"""How much of a class there was, and how much of it each trainee attended; cancelled ones never count."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from sqlalchemy import bindparam, func

from training_svc.attendance.tables import attendance
from training_svc.classes.tables import classes, sessions
from training_svc.enrolments.enrolment import Enrolment, Tally
from training_svc.standards.tables import standards

_class_id = bindparam("class_id", type_=sa.Uuid)
_is_held = sessions.c.cancelled_at.is_(None)
_ATTENDED = Statement(
    sa.select(attendance.c.enrolment_id, func.count().label("sessions_attended"))
    .join(sessions, sessions.c.id == attendance.c.session_id)
    .where(
        attendance.c.enrolment_id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
        attendance.c.present,
        _is_held,
    )
    .group_by(attendance.c.enrolment_id)
)
_HELD = Statement(
    sa.select(
        func.count().filter(_is_held).label("sessions_held"),
        # Of a cancelled class perhaps no session is held: the last that was planned stands for it.
        func.coalesce(func.max(sessions.c.ends_at).filter(_is_held), func.max(sessions.c.ends_at)).label(
            "last_session_ends_at"
        ),
        sa.select(standards.c.attendance_percent)
        .join(
            classes,
            sa.and_(
                classes.c.project_code == standards.c.project_code,
                classes.c.standard_version == standards.c.version,
            ),
        )
        .where(classes.c.id == _class_id)
        .scalar_subquery()
        .label("attendance_percent"),
    ).where(sessions.c.class_id == _class_id)
)


async def tally(tx: Transaction, enrolment: Enrolment) -> Tally:
    """The sessions of the class and those attended, as the database has them now."""
    return (await tallies(tx, enrolment.class_id, [enrolment.id]))[enrolment.id]


async def tallies(tx: Transaction, class_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Tally]:
    """The tally of each of the enrolments of a class, as the database has them now."""
    attended = {
        row["enrolment_id"]: row["sessions_attended"] for row in await tx.rows(_ATTENDED, {"ids": list(ids)})
    }
    held = await tx.row(_HELD, {"class_id": class_id})
    assert held is not None
    return {
        one: Tally(
            sessions_attended=attended.get(one, 0),
            sessions_held=held["sessions_held"],
            last_session_ends_at=held["last_session_ends_at"],
            attendance_percent=held["attendance_percent"],
        )
        for one in ids
    }
