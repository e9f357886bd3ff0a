"""The queries on enrolments; those on the hours they take of people are in ``hours``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.enrolments import hours
from training_svc.enrolments.enrolment import Enrolment, Priority
from training_svc.enrolments.lifecycle import NEXT, STANDING, Action, State
from training_svc.enrolments.tables import enrolments, state_among
from training_svc.enterprises import repository as enterprises
from training_svc.enterprises.tables import enterprise_snapshots
from training_svc.institutions.tables import institutions
from training_svc.persons import SealedPerson
from training_svc.policy.priority import PriorityGroup
from training_svc.visibility import Scope, scoped

_NEW = tuple(
    column.name
    for column in enrolments.columns
    if column.name not in {"completed_at", "completed_on", "sessions_attended", "sessions_held"}
)
_INSERT = Statement(
    insert(enrolments)
    .values({name: bindparam(name, type_=enrolments.c[name].type) for name in _NEW})
    .on_conflict_do_nothing(
        index_elements=["class_id", "person_key"],
        index_where=sa.text("state IN ('waiting', 'enrolled', 'completed', 'completion_revoked')"),
    )
    .returning(enrolments.c.id)
)
_class_id = bindparam("class_id", type_=sa.Uuid)
_INSERT_OF_MANY = Statement(
    insert(enrolments).values({name: bindparam(name, type_=enrolments.c[name].type) for name in _NEW})
)
_waits: sa.ColumnElement[str] = sa.literal_column("'waiting'")
_others = enrolments.alias("others")
PLACE_IN_LINE = sa.case(
    (
        enrolments.c.state == _waits,
        sa.select(sa.func.count() + 1)
        .where(
            _others.c.class_id == enrolments.c.class_id,
            _others.c.state == _waits,
            sa.tuple_(_others.c.priority_rank, _others.c.enrolled_at, _others.c.id)
            < sa.tuple_(enrolments.c.priority_rank, enrolments.c.enrolled_at, enrolments.c.id),
        )
        .correlate(enrolments)
        .scalar_subquery(),
    )
).label("place_in_line")
"""The place of who waits, by priority group and then by time (T02); NULL for all others."""
_PLACE = Statement(sa.select(PLACE_IN_LINE).where(enrolments.c.id == bindparam("id", type_=sa.Uuid)))
SELECT = (
    sa.select(enrolments, PLACE_IN_LINE, *enterprises.COLUMNS)
    .join(institutions, institutions.c.id == enrolments.c.institution_id)
    .outerjoin(enterprise_snapshots, enterprise_snapshots.c.enrolment_id == enrolments.c.id)
)
"""Enrolments with the snapshot of their firm; :func:`of_row` reads them."""
_SCOPE: dict[str, sa.ColumnElement[str]] = {
    "credit_code": institutions.c.credit_code,
    "district": enrolments.c.district,
}
_id = enrolments.c.id == bindparam("id")
_ONE = scoped(SELECT.where(_id), **_SCOPE)
_FOR_UPDATE = scoped(SELECT.where(_id).with_for_update(key_share=True, of=enrolments), **_SCOPE)
_FIRST_WAITING = Statement(
    SELECT.where(enrolments.c.class_id == _class_id, enrolments.c.state == _waits)
    .order_by(enrolments.c.priority_rank, enrolments.c.enrolled_at, enrolments.c.id)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(key_share=True, of=enrolments)
)
_ENROLLED_OF_CLASS = Statement(
    SELECT.where(enrolments.c.class_id == _class_id, enrolments.c.state == sa.literal_column("'enrolled'"))
    .order_by(enrolments.c.id)
    .with_for_update(key_share=True, of=enrolments)
)
_ENDED_WITH_THE_CLASS = Statement(
    SELECT.where(
        enrolments.c.class_id == _class_id,
        enrolments.c.state == State.CANCELLED.value,
        enrolments.c.ended_at == bindparam("at", type_=enrolments.c.ended_at.type),
    )
    .order_by(enrolments.c.person_key)
    .with_for_update(key_share=True, of=enrolments)
)
_SAVED = (
    "state",
    "admitted_at",
    "ended_at",
    "ended_by",
    "end_reason",
    "completed_at",
    "completed_on",
    "sessions_attended",
    "sessions_held",
    "version",
)
_SAVE = Statement(
    enrolments.update()
    .where(enrolments.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=enrolments.c[name].type) for name in _SAVED})
)
_may_be_cancelled = state_among(state for state, action in NEXT if action is Action.CANCEL)
_END_ALL = Statement(
    enrolments.update()
    .where(enrolments.c.class_id == _class_id, _may_be_cancelled)
    .values(
        state=State.CANCELLED.value,
        ended_at=bindparam("at", type_=enrolments.c.ended_at.type),
        ended_by=bindparam("by", type_=sa.Text),
        end_reason=bindparam("reason", type_=sa.Text),
        version=enrolments.c.version + 1,
    )
    .returning(enrolments.c.id, enrolments.c.person_key, enrolments.c.admitted_at)
)
_ENROLLED_OF = Statement(
    sa.select(enrolments.c.person_key).where(
        enrolments.c.class_id == _class_id,
        state_among(STANDING),
        enrolments.c.person_key == sa.any_(bindparam("person_keys", type_=sa.ARRAY(sa.Text))),
    )
)


async def insert_new(tx: Transaction, enrolment: Enrolment, by: str) -> bool:
    """Adds an enrolment; False if the person has one in the class that counts."""
    return await tx.row(_INSERT, _values(enrolment, by)) is not None


async def insert_all(tx: Transaction, entering: Sequence[Enrolment], by: str) -> None:
    """Adds enrolments of one class and keeps its hours for the people, who sit in no class at these hours.

    Raises :class:`asyncpg.ExclusionViolationError` where one of them has come to sit in another class then.
    """
    if entering:
        await tx.execute_many(_INSERT_OF_MANY, [_values(one, by) for one in entering])
        await hours.take_all(tx, entering)


async def one(tx: Transaction, enrolment_id: UUID, scope: Scope) -> Enrolment | None:
    """An enrolment that the scope sees."""
    row = await tx.row(_ONE[scope.reach], {"id": enrolment_id, "scope": scope.value})
    return of_row(row) if row else None


async def load_for_update(tx: Transaction, enrolment_id: UUID, scope: Scope) -> Enrolment | None:
    """An enrolment that the scope sees, locked; its class is locked before it where places change."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": enrolment_id, "scope": scope.value})
    return of_row(row) if row else None


async def load_enrolled(tx: Transaction, class_id: UUID) -> list[Enrolment]:
    """The enrolments of a class that have not completed, locked as :func:`load_for_update` does."""
    return [of_row(row) for row in await tx.rows(_ENROLLED_OF_CLASS, {"class_id": class_id})]


async def first_waiting(tx: Transaction, class_id: UUID, most: int) -> list[Enrolment]:
    """The first of the waiting list, locked: by priority group, then by time (T02)."""
    rows = await tx.rows(_FIRST_WAITING, {"class_id": class_id, "most": most})
    return [of_row(row) for row in rows]


async def place_in_line(tx: Transaction, enrolment: Enrolment) -> int | None:
    """The place on the waiting list, 1 the first; None for who does not wait."""
    place: int | None = await tx.value(_PLACE, {"id": enrolment.id})
    return place


async def end_all(tx: Transaction, class_id: UUID, by: str, at: datetime, reason: str) -> list[Row]:
    """Ends every enrolment of a cancelled class that was not completed; tells whose, and who had a place."""
    rows = await tx.rows(_END_ALL, {"class_id": class_id, "by": by, "at": at, "reason": reason})
    await hours.give_back(tx, [row["id"] for row in rows])
    return sorted(rows, key=lambda row: str(row["person_key"]))


async def ended_with_the_class(tx: Transaction, class_id: UUID, at: datetime) -> list[Enrolment]:
    """The enrolments that ended with the cancellation of their class, locked, in the order of persons."""
    rows = await tx.rows(_ENDED_WITH_THE_CLASS, {"class_id": class_id, "at": at})
    return [of_row(row) for row in rows]


async def enrolled_of(tx: Transaction, class_id: UUID, person_keys: Sequence[str]) -> frozenset[str]:
    """Those of the people who are enrolled in the class, or wait for a place."""
    rows = await tx.rows(_ENROLLED_OF, {"class_id": class_id, "person_keys": list(person_keys)})
    return frozenset(row["person_key"] for row in rows)


async def save(tx: Transaction, *changed: Enrolment) -> None:
    """Writes what a step changed."""
    await tx.execute_many(
        _SAVE, [{name: getattr(one, name) for name in _SAVED} | {"of_id": one.id} for one in changed]
    )


def of_row(row: Row) -> Enrolment:
    """The enrolment in a row of :data:`SELECT`."""
    group = row["priority_group"]
    return Enrolment(
        id=row["id"],
        class_id=row["class_id"],
        institution_id=row["institution_id"],
        project_code=row["project_code"],
        district=row["district"],
        person=SealedPerson(
            person_key=row["person_key"],
            masked_name=row["masked_name"],
            masked_id_number=row["masked_id_number"],
            name_encrypted=row["name_encrypted"],
            id_number_encrypted=row["id_number_encrypted"],
        ),
        masked_phone=row["masked_phone"],
        phone_encrypted=row["phone_encrypted"],
        priority=Priority(
            PriorityGroup(group) if group else None, row["priority_evidence_encrypted"], row["priority_rank"]
        ),
        state=State(row["state"]),
        enrolled_at=row["enrolled_at"],
        version=row["version"],
        admitted_at=row["admitted_at"],
        transferred_from=row["transferred_from"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
        end_reason=row["end_reason"],
        enterprise=enterprises.of_row(row),
        place_in_line=row["place_in_line"],
        completed_at=row["completed_at"],
        completed_on=row["completed_on"],
        sessions_attended=row["sessions_attended"],
        sessions_held=row["sessions_held"],
    )


def _values(one: Enrolment, by: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "class_id": one.class_id,
        "institution_id": one.institution_id,
        "project_code": one.project_code,
        "district": one.district,
        "person_key": one.person.person_key,
        "masked_name": one.person.masked_name,
        "masked_id_number": one.person.masked_id_number,
        "masked_phone": one.masked_phone,
        "name_encrypted": one.person.name_encrypted,
        "id_number_encrypted": one.person.id_number_encrypted,
        "phone_encrypted": one.phone_encrypted,
        "state": one.state,
        "enrolled_at": one.enrolled_at,
        "enrolled_by": by,
        "admitted_at": one.admitted_at,
        "priority_group": one.priority.group,
        "priority_evidence_encrypted": one.priority.evidence_encrypted,
        "priority_rank": one.priority.rank,
        "transferred_from": one.transferred_from,
        "ended_at": one.ended_at,
        "ended_by": one.ended_by,
        "end_reason": one.end_reason,
        "version": one.version,
    }
