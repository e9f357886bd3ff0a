"""The queries on qualifications."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.events.base import ProjectRef
from chuangpei.kernel.refusals import Finding, Outcome, Text
from chuangpei.listing import Filter, Listing, Order, equal, until
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.institutions.tables import institutions
from training_svc.policy.facts import Standard
from training_svc.policy.qualification import Figures
from training_svc.projects.tables import projects
from training_svc.qualifications.lifecycle import State
from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.tables import qualifications
from training_svc.standards.repository import standard_of
from training_svc.standards.tables import standards
from training_svc.visibility import Scope, reaches, scoped

_SAVED = (
    "standard_version",
    "state",
    "submitted_at",
    "declared",
    "found",
    "findings",
    "decided_on",
    "decided_at",
    "decided_by",
    "reason",
    "valid_from",
    "valid_until",
    "standing_since",
    "standing_reason",
    "version",
)
_INSERT = Statement(
    insert(qualifications)
    .values({one.name: bindparam(one.name, type_=one.type) for one in qualifications.columns})
    .on_conflict_do_nothing()
    .returning(qualifications.c.id)
)
_SAVE = Statement(
    qualifications.update()
    .where(qualifications.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=qualifications.c[name].type) for name in _SAVED})
)
_SELECT = (
    sa.select(
        qualifications,
        institutions.c.credit_code,
        projects.c.name.label("project_name"),
        projects.c.stage,
    )
    .join(institutions, institutions.c.id == qualifications.c.institution_id)
    .join(projects, projects.c.code == qualifications.c.project_code)
)
_SCOPE = {"credit_code": institutions.c.credit_code, "district": qualifications.c.district}
_ONE = scoped(_SELECT.where(qualifications.c.id == bindparam("id")), **_SCOPE)
# The institution is locked too: its events, of all its qualifications, are in one order.
_LOCKED = [qualifications, institutions]
_FOR_UPDATE = scoped(
    _SELECT.where(qualifications.c.id == bindparam("id")).with_for_update(key_share=True, of=_LOCKED),
    **_SCOPE,
)
_is_granted = sa.text("qualifications.state IN ('approved', 'suspended')")
_DUE = Statement(
    _SELECT.where(_is_granted, qualifications.c.valid_until < bindparam("today"))
    .order_by(qualifications.c.valid_until)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(key_share=True, skip_locked=True, of=_LOCKED)
)
_of_version = (
    qualifications.c.institution_id == bindparam("institution_id", type_=sa.Uuid),
    qualifications.c.project_code == bindparam("project_code", type_=sa.Text),
    qualifications.c.standard_version == bindparam("standard_version", type_=sa.Text),
)
_GRANTED_UNTIL = Statement(
    sa.select(sa.func.max(qualifications.c.valid_until)).where(
        *_of_version, _is_granted, qualifications.c.valid_until >= bindparam("today", type_=sa.Date)
    )
)
_QUALIFYING = Statement(
    sa.select(
        standards,
        qualifications.c.id.label("qualification_id"),
        qualifications.c.valid_until,
        qualifications.c.found,
    )
    .join(
        qualifications,
        sa.and_(
            qualifications.c.project_code == standards.c.project_code,
            qualifications.c.standard_version == standards.c.version,
        ),
    )
    .where(
        qualifications.c.institution_id == bindparam("institution_id"),
        qualifications.c.project_code == bindparam("project_code"),
        qualifications.c.state == State.APPROVED.value,
        bindparam("day", type_=sa.Date).between(qualifications.c.valid_from, qualifications.c.valid_until),
        standards.c.effective_from <= bindparam("day", type_=sa.Date),
    )
    .order_by(standards.c.effective_from.desc())
    .limit(1)
    .with_for_update(read=True, of=qualifications)
)
# The state as it is on a day: what time has ended is expired before the timer comes by.
_standing = sa.case(
    (
        sa.and_(_is_granted, qualifications.c.valid_until < bindparam("today", type_=sa.Date)),
        State.EXPIRED.value,
    ),
    else_=qualifications.c.state,
)
LIST = Listing(
    _SELECT,
    key=Order(qualifications.c.id, UUID),
    orders={
        "project_code": Order(qualifications.c.project_code, str),
        "credit_code": Order(institutions.c.credit_code, str),
    },
    filters={
        "state": Filter(sa.Text(), lambda value: _standing == value),
        "district": equal(qualifications.c.district),
        "project_code": equal(qualifications.c.project_code),
        "standard_version": equal(qualifications.c.standard_version),
        "institution_id": equal(qualifications.c.institution_id),
        "credit_code": equal(institutions.c.credit_code),
        "valid_until_by": until(qualifications.c.valid_until),
    },
    reaches=reaches(**_SCOPE),
)


@dataclass(frozen=True, slots=True)
class Qualifying:
    """What lets an institution hold a class: the qualification, its standard, and the room found then."""

    qualification_id: UUID
    valid_until: date
    standard: Standard
    room_square_decimetres: int | None


async def insert_new(tx: Transaction, qualification: Qualification, created_by: str) -> bool:
    """Adds an application; False if the institution has an open one by this version."""
    own = {
        "id": qualification.id,
        "institution_id": qualification.institution_id,
        "project_code": qualification.project.code,
        "district": qualification.district,
        "created_at": qualification.created_at,
        "created_by": created_by,
    }
    return await tx.row(_INSERT, _values(qualification) | own) is not None


async def one(source: Database | Transaction, qualification_id: UUID, scope: Scope) -> Qualification | None:
    """A qualification that the scope sees."""
    row = await source.row(_ONE[scope.reach], {"id": qualification_id, "scope": scope.value})
    return qualification_of(row) if row else None


async def load_for_update(tx: Transaction, qualification_id: UUID, scope: Scope) -> Qualification | None:
    """A qualification that the scope sees, locked together with its institution."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": qualification_id, "scope": scope.value})
    return qualification_of(row) if row else None


async def due(tx: Transaction, today: date, most: int) -> list[Qualification]:
    """Granted qualifications whose last day is over, locked with their institutions; at most ``most``."""
    return [qualification_of(row) for row in await tx.rows(_DUE, {"today": today, "most": most})]


async def save(tx: Transaction, qualification: Qualification) -> None:
    """Writes what a step changed.

    Raises :class:`asyncpg.ExclusionViolationError` where another is granted for one of its days, and
    :class:`asyncpg.UniqueViolationError` where another application by its version is open.
    """
    await tx.execute(_SAVE, _values(qualification) | {"of_id": qualification.id})


async def granted_until(tx: Transaction, qualification: Qualification, today: date) -> date | None:
    """The last day, today or later, of what its institution holds already by the same version; or None."""
    values = {
        "institution_id": qualification.institution_id,
        "project_code": qualification.project.code,
        "standard_version": qualification.standard_version,
        "today": today,
    }
    last: date | None = await tx.value(_GRANTED_UNTIL, values)
    return last


async def qualifying(
    tx: Transaction, institution_id: UUID, project_code: str, day: date
) -> Qualifying | None:
    """What lets the institution run the project on ``day``, by the newest standard effective then (T03, T07).

    The qualification is locked against change until the transaction ends.
    """
    values = {"institution_id": institution_id, "project_code": project_code, "day": day}
    row = await tx.row(_QUALIFYING, values)
    if row is None:
        return None
    room = Figures(**row["found"]).room_square_decimetres if row["found"] else None
    return Qualifying(row["qualification_id"], row["valid_until"], standard_of(row), room)


def qualification_of(row: Row) -> Qualification:
    """The qualification of a row of the list."""
    same = ("id", "institution_id", "credit_code", "district", "created_at", *_SAVED)
    stored: dict[str, Any] = {name: row[name] for name in same}
    stored |= {
        "project": ProjectRef(code=row["project_code"], name=row["project_name"], stage=row["stage"]),
        "state": State(row["state"]),
        "declared": Figures(**row["declared"]) if row["declared"] else None,
        "found": Figures(**row["found"]) if row["found"] else None,
        "findings": tuple(map(_finding, row["findings"])),
    }
    return Qualification(**stored)


def _values(qualification: Qualification) -> dict[str, Any]:
    values = {name: getattr(qualification, name) for name in _SAVED}
    return values | {
        "declared": asdict(qualification.declared) if qualification.declared else None,
        "found": asdict(qualification.found) if qualification.found else None,
        "findings": [_stored(one) for one in qualification.findings],
    }


def _stored(one: Finding) -> dict[str, str]:
    return {
        "rule": one.rule,
        "article": one.article,
        "outcome": one.outcome,
        "fact": one.fact,
        "required": one.required,
        "zh": one.text.zh,
        "en": one.text.en,
    }


def _finding(stored: Mapping[str, str]) -> Finding:
    return Finding(
        rule=stored["rule"],
        article=stored["article"],
        outcome=Outcome(stored["outcome"]),
        fact=stored["fact"],
        required=stored["required"],
        text=Text(stored["zh"], stored["en"]),
    )
