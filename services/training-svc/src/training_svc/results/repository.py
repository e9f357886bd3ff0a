"""The queries on results."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.classes.tables import classes
from training_svc.enrolments.tables import enrolments
from training_svc.institutions.tables import institutions
from training_svc.results.tables import results
from training_svc.visibility import Scope, reaches, scoped


def _new(**values: sa.ColumnElement[Any]) -> Any:
    """A row for an enrolment, or none at all where the enrolment is not there."""
    return insert(results).from_select(
        ["enrolment_id", *values],
        sa.select(enrolments.c.id, *values.values()).where(
            enrolments.c.id == bindparam("enrolment_id", type_=sa.Uuid)
        ),
    )


_evaluated = _new(
    attempts=sa.literal_column("1"),
    passed=bindparam("passed", type_=sa.Boolean),
    evaluated_on=bindparam("evaluated_on", type_=sa.Date),
    void=sa.false(),
)
# The attempts of one enrolment come in any order: neither way of counting them depends on it.
_EVALUATED = Statement(
    _evaluated.on_conflict_do_update(
        index_elements=["enrolment_id"],
        set_={
            "attempts": results.c.attempts + 1,
            "passed": results.c.passed | _evaluated.excluded.passed,
            "evaluated_on": func.greatest(results.c.evaluated_on, _evaluated.excluded.evaluated_on),
        },
    ).returning(results.c.enrolment_id)
)
_revoked = _new(
    attempts=sa.literal_column("0"),
    passed=sa.false(),
    void=bindparam("void", type_=sa.Boolean),
    revoked_on=bindparam("revoked_on", type_=sa.Date),
    revocation_reason=bindparam("revocation_reason", type_=sa.Text),
)
# What made the result void stays told, whatever else is revoked.
_REVOKED = Statement(
    _revoked.on_conflict_do_update(
        index_elements=["enrolment_id"],
        set_={
            "void": results.c.void | _revoked.excluded.void,
            "revoked_on": sa.case((results.c.void, results.c.revoked_on), else_=_revoked.excluded.revoked_on),
            "revocation_reason": sa.case(
                (results.c.void, results.c.revocation_reason), else_=_revoked.excluded.revocation_reason
            ),
        },
    ).returning(results.c.enrolment_id)
)
_SELECT = (
    sa.select(
        results,
        enrolments.c.masked_name.label("name"),
        enrolments.c.class_id,
        enrolments.c.institution_id,
        enrolments.c.project_code,
        enrolments.c.district,
        classes.c.name.label("class_name"),
        institutions.c.name.label("institution_name"),
    )
    .join(enrolments, enrolments.c.id == results.c.enrolment_id)
    .join(classes, classes.c.id == enrolments.c.class_id)
    .join(institutions, institutions.c.id == enrolments.c.institution_id)
)
_REACH = {"credit_code": institutions.c.credit_code, "district": enrolments.c.district}
_ONE = scoped(_SELECT.where(results.c.enrolment_id == bindparam("id")), **_REACH)
LIST = Listing(
    _SELECT,
    key=Order(results.c.enrolment_id, UUID),
    filters={
        "institution_id": equal(enrolments.c.institution_id),
        "class_id": equal(enrolments.c.class_id),
        "project_code": equal(enrolments.c.project_code),
        "district": equal(enrolments.c.district),
        "passed": equal(results.c.passed),
        "void": equal(results.c.void),
    },
    reaches=reaches(**_REACH),
)


async def evaluated(tx: Transaction, enrolment_id: UUID, *, passed: bool, evaluated_on: date) -> bool:
    """Counts an attempt; False if there is no such enrolment."""
    values = {"enrolment_id": enrolment_id, "passed": passed, "evaluated_on": evaluated_on}
    return await tx.row(_EVALUATED, values) is not None


async def revoked(tx: Transaction, enrolment_id: UUID, *, void: bool, revoked_on: date, reason: str) -> bool:
    """Keeps that a certificate of the enrolment was revoked; False if there is no such enrolment."""
    values = {
        "enrolment_id": enrolment_id,
        "void": void,
        "revoked_on": revoked_on,
        "revocation_reason": reason,
    }
    return await tx.row(_REVOKED, values) is not None


async def one(source: Database | Transaction, enrolment_id: UUID, scope: Scope) -> Row | None:
    """The result of an enrolment that the scope sees."""
    return await source.row(_ONE[scope.reach], {"id": enrolment_id, "scope": scope.value})
