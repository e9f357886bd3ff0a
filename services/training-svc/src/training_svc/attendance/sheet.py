"""The attendance sheet (考勤表) of a class: who was at which session, and how it was recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from sqlalchemy import bindparam

from training_svc.attendance.tables import attendance
from training_svc.classes.tables import sessions
from training_svc.enrolments.lifecycle import State
from training_svc.enrolments.tables import HAS_A_PLACE, enrolments
from training_svc.policy.attendance import Method

_TRAINEES = Statement(
    sa.select(enrolments.c.id, enrolments.c.masked_name, enrolments.c.masked_id_number, enrolments.c.state)
    .where(
        enrolments.c.class_id == bindparam("class_id", type_=sa.Uuid),
        # Who left keeps a row for the sessions they attended.
        sa.or_(
            HAS_A_PLACE,
            sa.exists().where(attendance.c.enrolment_id == enrolments.c.id),
        ),
    )
    .order_by(enrolments.c.id)
)
_MARKS = Statement(
    sa.select(attendance.c.enrolment_id, attendance.c.session_id, attendance.c.present, attendance.c.method)
    .join(sessions, sessions.c.id == attendance.c.session_id)
    .where(sessions.c.class_id == bindparam("class_id", type_=sa.Uuid), sessions.c.cancelled_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One record in an attendance sheet."""

    present: bool
    method: Method


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One trainee in an attendance sheet (考勤表), with a mark for each session that has a record."""

    masked_name: str
    masked_id_number: str
    state: State
    marks: Mapping[UUID, Mark]

    @property
    def attended(self) -> int:
        """The sessions attended (出勤次数)."""
        return sum(mark.present for mark in self.marks.values())


async def sheet_of(tx: Transaction, class_id: UUID) -> list[SheetRow]:
    """The sheet (考勤表) of a class: its trainees in the order of enrolling, with their records."""
    marks: dict[UUID, dict[UUID, Mark]] = {}
    for row in await tx.rows(_MARKS, {"class_id": class_id}):
        mark = Mark(row["present"], Method(row["method"]))
        marks.setdefault(row["enrolment_id"], {})[row["session_id"]] = mark
    return [
        SheetRow(row["masked_name"], row["masked_id_number"], State(row["state"]), marks.get(row["id"], {}))
        for row in await tx.rows(_TRAINEES, {"class_id": class_id})
    ]
