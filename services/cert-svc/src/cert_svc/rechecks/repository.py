"""The queries on re-checks."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal, Role
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam, func

from cert_svc.completions.tables import completions
from cert_svc.evaluation_bodies.tables import evaluation_bodies as bodies
from cert_svc.evaluations.tables import evaluations
from cert_svc.people import StoredPerson
from cert_svc.policy.parameters import Law
from cert_svc.rechecks.lifecycle import State
from cert_svc.rechecks.recheck import Check, Closing, Recheck
from cert_svc.rechecks.tables import rechecks

_SCOPE = bindparam("scope", type_=sa.Text)


class Reach(StrEnum):
    """Which re-checks one sees: those one is to check, the district's, all."""

    CHECKER = "checker"
    DISTRICT = "district"
    ALL = "all"


def district_reaches(district: sa.ColumnElement[Any]) -> dict[Reach, sa.ColumnElement[bool] | None]:
    """What the offices' reaches narrow a query to, by the parameter ``scope``."""
    return {Reach.DISTRICT: district == _SCOPE, Reach.ALL: None}


_REACHES = district_reaches(rechecks.c.district) | {Reach.CHECKER: rechecks.c.checker_key == _SCOPE}
_shown = (
    sa.select(
        rechecks,
        completions.c.project_code,
        completions.c.project_name,
        completions.c.masked_name,
        evaluations.c.parts,
    )
    .join(evaluations, evaluations.c.id == rechecks.c.evaluation_id)
    .join(completions, completions.c.enrolment_id == evaluations.c.enrolment_id)
)
LIST = Listing(
    _shown,
    key=Order(rechecks.c.id, UUID),
    orders={"evaluated_on": Order(rechecks.c.evaluated_on, date)},
    filters={
        "draw_id": equal(rechecks.c.draw_id),
        "district": equal(rechecks.c.district),
        "body_id": equal(rechecks.c.body_id),
        "project_code": equal(completions.c.project_code),
        "state": equal(rechecks.c.state),
        "agrees": equal(rechecks.c.agrees),
        "evaluated_since": since(rechecks.c.evaluated_on),
        "evaluated_until": until(rechecks.c.evaluated_on),
    },
    reaches=_REACHES,
)
_of_id = _shown.where(rechecks.c.id == bindparam("id", type_=sa.Uuid))


def _scoped(select: sa.Select[Any], *, lock: bool) -> dict[Reach, Statement]:
    statements = {
        reach: select if reached is None else select.where(reached) for reach, reached in _REACHES.items()
    }
    return {
        reach: Statement(one.with_for_update(of=rechecks) if lock else one)
        for reach, one in statements.items()
    }


_SEEN = _scoped(_of_id, lock=False)
_SEEN_FOR_UPDATE = _scoped(_of_id, lock=True)
_FOUND = Statement(
    sa.select(
        evaluations.c.id.label("evaluation_id"),
        evaluations.c.district,
        evaluations.c.body_id,
        evaluations.c.evaluated_on,
        evaluations.c.score.label("original_points"),
        evaluations.c.passed.label("original_passed"),
        completions.c.class_started_on,
        completions.c.completed_on,
    )
    .join(completions, completions.c.enrolment_id == evaluations.c.enrolment_id)
    .where(evaluations.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
)
_COPIED = ("evaluation_id", "district", "body_id", "evaluated_on", "original_points", "original_passed")
_INSERTED = ("id", "draw_id", *_COPIED, "most_difference", "state", "version")
_INSERT = Statement(
    rechecks.insert().values({name: bindparam(name, type_=rechecks.c[name].type) for name in _INSERTED})
)
_SAVED = tuple(
    column.name
    for column in rechecks.columns
    if column.name in ("state", "version") or column.name not in _INSERTED
)
_SAVE = Statement(
    rechecks.update()
    .where(rechecks.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=rechecks.c[name].type) for name in _SAVED})
)
AGREEMENT = Listing(
    sa.select(
        rechecks.c.body_id,
        bodies.c.name.label("body_name"),
        func.count().label("checked"),
        func.count().filter(rechecks.c.agrees).label("agreed"),
    )
    .outerjoin(bodies, bodies.c.id == rechecks.c.body_id)
    .where(rechecks.c.agrees.is_not(None))
    .group_by(rechecks.c.body_id, bodies.c.name),
    key=Order(rechecks.c.body_id, UUID),
    filters={
        "district": equal(rechecks.c.district),
        "body_id": equal(rechecks.c.body_id),
        "evaluated_since": since(rechecks.c.evaluated_on),
        "evaluated_until": until(rechecks.c.evaluated_on),
    },
    reaches=district_reaches(rechecks.c.district),
)


def reach_of(principal: Principal) -> tuple[Reach, str | None]:
    """Which re-checks the principal sees (C05); a person signed in as such, those they are to check."""
    match principal.role:
        case Role.CITIZEN:
            return Reach.CHECKER, principal.person_key or ""
        case Role.DISTRICT_OFFICER:
            return Reach.DISTRICT, principal.district or ""
    return Reach.ALL, None


async def insert_drawn(tx: Transaction, law: Law, draw_id: UUID, evaluation_ids: Sequence[UUID]) -> None:
    """Adds a re-check for each evaluation that was drawn, frozen to what it came to.

    Raises :class:`asyncpg.UniqueViolationError` where one was drawn already.
    """
    values = []
    for row in await tx.rows(_FOUND, {"ids": list(evaluation_ids)}):
        parameters = law.parameters_of(
            class_started_on=row["class_started_on"], completed_on=row["completed_on"]
        )
        own = {"id": new_id(), "draw_id": draw_id, "state": State.DRAWN, "version": 1}
        own |= {"most_difference": parameters.recheck_difference}
        values.append(own | {name: row[name] for name in _COPIED})
    await tx.execute_many(_INSERT, values)


async def one(source: Database | Transaction, recheck_id: UUID, principal: Principal) -> Row | None:
    """A re-check that the principal sees, as the list has it."""
    reach, scope = reach_of(principal)
    return await source.row(_SEEN[reach], {"id": recheck_id, "scope": scope})


async def load_for_update(tx: Transaction, recheck_id: UUID, principal: Principal) -> Row | None:
    """A re-check that the principal sees, locked."""
    reach, scope = reach_of(principal)
    return await tx.row(_SEEN_FOR_UPDATE[reach], {"id": recheck_id, "scope": scope})


async def save(tx: Transaction, recheck: Recheck) -> None:
    """Writes what its methods may have changed."""
    await tx.execute(_SAVE, {"of_id": recheck.id} | _values(recheck))


def recheck_of(row: Row) -> Recheck:
    """The re-check of a row of the list."""
    return Recheck(
        **{name: row[name] for name in ("id", "draw_id", *_COPIED, "most_difference", "version")},
        state=State(row["state"]),
        checker=_checker_of(row),
        check=_check_of(row),
        closing=Closing(row["conclusion"], row["closed_by"], row["closed_at"]) if row["closed_at"] else None,
    )


def _checker_of(row: Row) -> StoredPerson | None:
    if row["checker_key"] is None:
        return None
    return StoredPerson(
        row["checker_key"],
        row["checker_masked_name"],
        row["checker_name_encrypted"],
        row["checker_id_number_encrypted"],
    )


def _check_of(row: Row) -> Check | None:
    if row["points"] is None:
        return None
    return Check(
        row["points"],
        row["part_points"],
        row["comment"],
        row["passed"],
        row["agrees"],
        row["checked_by"],
        row["checked_at"],
    )


def _values(recheck: Recheck) -> dict[str, Any]:
    checker, check, closing = recheck.checker, recheck.check, recheck.closing
    return {
        "state": recheck.state,
        "version": recheck.version,
        "checker_key": checker.person_key if checker else None,
        "checker_masked_name": checker.masked_name if checker else None,
        "checker_name_encrypted": checker.name_encrypted if checker else None,
        "checker_id_number_encrypted": checker.id_number_encrypted if checker else None,
        "points": check.points if check else None,
        "part_points": check.part_points if check else None,
        "comment": check.comment if check else None,
        "passed": check.passed if check else None,
        "agrees": check.agrees if check else None,
        "checked_by": check.by if check else None,
        "checked_at": check.at if check else None,
        "conclusion": closing.conclusion if closing else None,
        "closed_by": closing.by if closing else None,
        "closed_at": closing.at if closing else None,
    }
