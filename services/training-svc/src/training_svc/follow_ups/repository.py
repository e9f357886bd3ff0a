"""The queries on follow-ups; lists and figures are in ``lists.py`` and ``statistics.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.classes.tables import classes
from training_svc.enrolments.lifecycle import State as EnrolmentState
from training_svc.enrolments.tables import enrolments
from training_svc.follow_ups.follow_up import Business, Check, FollowUp, NewFollowUp, ReceivedService
from training_svc.follow_ups.lifecycle import State
from training_svc.follow_ups.tables import businesses, checks, follow_ups, services
from training_svc.institutions.tables import institutions
from training_svc.policy.follow_up import CheckKind, ServiceKind
from training_svc.projects.tables import projects
from training_svc.visibility import Scope, scoped

SCOPE = {"credit_code": institutions.c.credit_code, "district": follow_ups.c.district}
STILL_COMPLETED = enrolments.c.state == EnrolmentState.COMPLETED.value
SELECT = (
    sa.select(
        follow_ups,
        enrolments.c.masked_name,
        enrolments.c.masked_id_number,
        enrolments.c.masked_phone,
        classes.c.name.label("class_name"),
        classes.c.starts_on.label("class_starts_on"),
        institutions.c.name.label("institution_name"),
        institutions.c.credit_code,
        projects.c.code.label("project_code"),
        projects.c.stage,
    )
    .join(enrolments, enrolments.c.id == follow_ups.c.enrolment_id)
    .join(classes, classes.c.id == follow_ups.c.class_id)
    .join(institutions, institutions.c.id == follow_ups.c.institution_id)
    .join(projects, projects.c.code == classes.c.project_code)
    # Whose completion was revoked is not followed up, unless it is restored.
    .where(STILL_COMPLETED)
)


def _values_of(table: sa.Table) -> dict[str, Any]:
    return {column.name: bindparam(column.name, type_=column.type) for column in table.columns}


def _keeping(table: sa.Table, kept: set[str]) -> Statement:
    """Adds a row, or writes anew what of it may change."""
    statement = insert(table).values(_values_of(table))
    changed = {
        name: statement.excluded[name] for name in (one.name for one in table.columns) if name not in kept
    }
    return Statement(statement.on_conflict_do_update(index_elements=["id"], set_=changed))


_INSERT = Statement(
    insert(follow_ups).values(_values_of(follow_ups)).on_conflict_do_nothing(index_elements=["enrolment_id"])
)
_INSERT_FIRST_CHECK = Statement(
    checks.insert().from_select(
        [column.name for column in checks.columns],
        sa.select(*_values_of(checks).values()).where(
            sa.exists().where(follow_ups.c.id == bindparam("follow_up_id", type_=sa.Uuid))
        ),
    )
)
_SAVE = Statement(
    follow_ups.update()
    .where(follow_ups.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=follow_ups.c[name].type) for name in ("state", "help_wanted", "version")}
    )
)
_KEEP_BUSINESS = _keeping(businesses, {"id", "follow_up_id", "number"})
# A reminder that went out stays so.
_KEEP_CHECK = _keeping(
    checks,
    {"id", "follow_up_id", "institution_id", "district", "business_id", "kind", "months", "reminded_at"},
)
_INSERT_SERVICE = Statement(services.insert().values(_values_of(services)))
_SAVE_SERVICE = Statement(
    services.update()
    .where(services.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {
            name: bindparam(name, type_=services.c[name].type)
            for name in ("kind", "provided_on", "provided_by", "note")
        }
    )
)
_ONE = scoped(SELECT.where(follow_ups.c.id == bindparam("id")), **SCOPE)
_FOR_UPDATE = scoped(
    SELECT.where(follow_ups.c.id == bindparam("id")).with_for_update(key_share=True, of=follow_ups), **SCOPE
)
_OF_PERSON = Statement(
    SELECT.where(enrolments.c.person_key == bindparam("person_key")).order_by(follow_ups.c.id)
)
_OF_ENROLMENT = Statement(SELECT.where(follow_ups.c.enrolment_id == bindparam("enrolment_id")))
_of_follow_up = bindparam("follow_up_id", type_=sa.Uuid)
_BUSINESSES = Statement(
    sa.select(businesses).where(businesses.c.follow_up_id == _of_follow_up).order_by(businesses.c.number)
)
_CHECKS = Statement(
    sa.select(checks).where(checks.c.follow_up_id == _of_follow_up).order_by(checks.c.due_on, checks.c.id)
)
_SERVICES = Statement(
    sa.select(services).where(services.c.follow_up_id == _of_follow_up).order_by(services.c.id)
)
_DUE = Statement(
    sa.select(
        checks.c.id,
        checks.c.follow_up_id,
        checks.c.kind,
        checks.c.months,
        checks.c.due_on,
        follow_ups.c.enrolment_id,
        checks.c.district,
        institutions.c.credit_code,
        institutions.c.name.label("institution_name"),
    )
    .join(follow_ups, follow_ups.c.id == checks.c.follow_up_id)
    .join(enrolments, enrolments.c.id == follow_ups.c.enrolment_id)
    .join(institutions, institutions.c.id == checks.c.institution_id)
    .where(
        STILL_COMPLETED,
        checks.c.passed.is_(None),
        checks.c.reminded_at.is_(None),
        checks.c.due_on <= bindparam("today", type_=sa.Date),
    )
    .order_by(checks.c.due_on)
    .limit(bindparam("most", type_=sa.Integer))
    # The follow-up too: its events are in the order of their commits.
    .with_for_update(skip_locked=True, of=[checks, follow_ups])
)
_REMINDED = Statement(
    checks.update()
    .where(checks.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
    .values(reminded_at=bindparam("at", type_=sa.DateTime(timezone=True)))
)


@dataclass(frozen=True, slots=True)
class Whole:
    """A follow-up with everything kept of it, as rows."""

    row: Row
    businesses: list[Row]
    checks: list[Row]
    services: list[Row]


@dataclass(frozen=True, slots=True)
class Found:
    """A follow-up locked for change, the place it belongs to, and the first day of its class."""

    follow_up: FollowUp
    enrolment_id: UUID
    institution_id: UUID
    institution_name: str
    credit_code: str
    district: str
    class_starts_on: date


async def insert_new(tx: Transaction, began: Sequence[NewFollowUp]) -> None:
    """Begins follow-ups with their first checks; an enrolment that has one keeps it."""
    await tx.execute_many(
        _INSERT,
        [
            {
                "id": new.id,
                "enrolment_id": new.enrolment_id,
                "class_id": new.class_id,
                "institution_id": new.institution_id,
                "district": new.district,
                "completed_on": new.completed_on,
                "began_at": new.began_at,
                "state": State.NOT_OPENED,
                "help_wanted": False,
                "version": 1,
            }
            for new in began
        ],
    )
    await tx.execute_many(
        _INSERT_FIRST_CHECK,
        [_check_values(new.first_check, new.id, new.institution_id, new.district) for new in began],
    )


async def load_for_update(tx: Transaction, follow_up_id: UUID, scope: Scope) -> Found | None:
    """A follow-up that the scope sees, locked, with its last business and the checks that count."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": follow_up_id, "scope": scope.value})
    if row is None:
        return None
    whole = await _with_parts(tx, row)
    last = _business(whole.businesses[-1]) if whole.businesses else None
    before_it = whole.businesses[:-1]
    follow_up = FollowUp(
        id=row["id"],
        completed_on=row["completed_on"],
        state=State(row["state"]),
        help_wanted=row["help_wanted"],
        version=row["version"],
        business=last,
        earlier_closed_on=before_it[-1]["closed_on"] if before_it else None,
        checks=[
            _check(one)
            for one in whole.checks
            if one["business_id"] is None or (last and one["business_id"] == last.id)
        ],
    )
    own = ("enrolment_id", "institution_id", "institution_name", "credit_code", "district", "class_starts_on")
    return Found(follow_up, **{name: row[name] for name in own})


async def save(tx: Transaction, found: Found) -> None:
    """Writes what changed of a follow-up, its last business and its checks."""
    one = found.follow_up
    values = {"of_id": one.id, "state": one.state, "help_wanted": one.help_wanted, "version": one.version}
    await tx.execute(_SAVE, values)
    if one.business is not None:
        await tx.execute(_KEEP_BUSINESS, {"follow_up_id": one.id} | _business_values(one.business))
    rows = [_check_values(check, one.id, found.institution_id, found.district) for check in one.checks]
    await tx.execute_many(_KEEP_CHECK, rows)


async def insert_service(
    tx: Transaction, follow_up_id: UUID, service: ReceivedService, at: datetime, by: str
) -> None:
    """Adds a service received."""
    values = _service_values(service) | {"follow_up_id": follow_up_id, "recorded_at": at, "recorded_by": by}
    await tx.execute(_INSERT_SERVICE, values)


async def save_service(tx: Transaction, service: ReceivedService) -> None:
    """Writes a service that was amended."""
    values = _service_values(service)
    await tx.execute(_SAVE_SERVICE, values | {"of_id": values.pop("id")})


async def services_of(tx: Transaction, follow_up_id: UUID) -> list[ReceivedService]:
    """The services received, oldest first."""
    rows = await tx.rows(_SERVICES, {"follow_up_id": follow_up_id})
    return [
        ReceivedService(
            row["id"], ServiceKind(row["kind"]), row["provided_on"], row["provided_by"], row["note"]
        )
        for row in rows
    ]


async def one(tx: Transaction, follow_up_id: UUID, scope: Scope) -> Whole | None:
    """A follow-up that the scope sees, with everything kept of it."""
    row = await tx.row(_ONE[scope.reach], {"id": follow_up_id, "scope": scope.value})
    return await _with_parts(tx, row) if row else None


async def of_person(tx: Transaction, person_key: str) -> list[Whole]:
    """A person's follow-ups, one an enrolment completed."""
    return [await _with_parts(tx, row) for row in await tx.rows(_OF_PERSON, {"person_key": person_key})]


async def of_enrolment(tx: Transaction, enrolment_id: UUID) -> Whole | None:
    """The follow-up of a completed enrolment."""
    row = await tx.row(_OF_ENROLMENT, {"enrolment_id": enrolment_id})
    return await _with_parts(tx, row) if row else None


async def take_due(tx: Transaction, today: date, at: datetime, most: int) -> list[Row]:
    """Unanswered checks due by ``today`` of which nobody was reminded yet; now somebody is."""
    rows = await tx.rows(_DUE, {"today": today, "most": most})
    if rows:
        await tx.execute(_REMINDED, {"ids": [row["id"] for row in rows], "at": at})
    return rows


async def _with_parts(source: Database | Transaction, row: Row) -> Whole:
    of = {"follow_up_id": row["id"]}
    return Whole(
        row,
        await source.rows(_BUSINESSES, of),
        await source.rows(_CHECKS, of),
        await source.rows(_SERVICES, of),
    )


def _business(row: Row) -> Business:
    return Business(**{name: row[name] for name in Business.__dataclass_fields__})


def _business_values(one: Business) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Business.__dataclass_fields__}


def _check(row: Row) -> Check:
    values = {name: row[name] for name in Check.__dataclass_fields__}
    return Check(**values | {"kind": CheckKind(row["kind"])})


def _check_values(one: Check, follow_up_id: UUID, institution_id: UUID, district: str) -> dict[str, Any]:
    own: Mapping[str, Any] = {name: getattr(one, name) for name in Check.__dataclass_fields__}
    place = {"follow_up_id": follow_up_id, "institution_id": institution_id, "district": district}
    return {**own, **place, "reminded_at": None}


def _service_values(one: ReceivedService) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ReceivedService.__dataclass_fields__}
