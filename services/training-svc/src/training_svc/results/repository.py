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
from training_svc.results.tables import result_attempts, results
from training_svc.visibility import Scope, reaches, scoped


def _new(**values: sa.ColumnElement[Any]) -> Any:
    """A row for an enrolment, or none at all where the enrolment is not there."""
    return insert(results).from_select(
        ["enrolment_id", *values],
        sa.select(enrolments.c.id, *values.values()).where(
            enrolments.c.id == bindparam("enrolment_id", type_=sa.Uuid)
        ),
    )


_attempts = result_attempts.c
_enrolment_id = bindparam("enrolment_id", type_=sa.Uuid)
_evaluation_id = bindparam("evaluation_id", type_=sa.Uuid)
_LOCK = Statement(
    sa.select(enrolments.c.id).where(enrolments.c.id == _enrolment_id).with_for_update(key_share=True)
)
_KEEP = Statement(
    insert(result_attempts).values(
        enrolment_id=_enrolment_id,
        evaluation_id=_evaluation_id,
        passed=bindparam("passed", type_=sa.Boolean),
        evaluated_on=bindparam("evaluated_on", type_=sa.Date),
        voided=sa.false(),
    )
)
# One of before: it is known by the enrolment and by what came of it.
_ADOPT = Statement(
    result_attempts.update()
    .where(
        _attempts.id
        == sa.select(_attempts.id)
        .where(
            _attempts.enrolment_id == _enrolment_id,
            _attempts.evaluation_id.is_(None),
            _attempts.passed == bindparam("was_passed", type_=sa.Boolean),
        )
        .order_by(_attempts.id)
        .limit(1)
        .scalar_subquery()
    )
    .values(evaluation_id=bindparam("new_evaluation_id", type_=sa.Uuid))
)
_CHANGE = Statement(
    result_attempts.update()
    .where(_attempts.evaluation_id == bindparam("of_evaluation", type_=sa.Uuid))
    .values(passed=bindparam("passed", type_=sa.Boolean), voided=bindparam("voided", type_=sa.Boolean))
    .returning(_attempts.id)
)
_standing = sa.not_(_attempts.voided)
_reckoned = insert(results).from_select(
    ["enrolment_id", "attempts", "passed", "evaluated_on", "void"],
    sa.select(
        _enrolment_id,
        func.count().filter(_standing),
        func.coalesce(func.bool_or(_attempts.passed).filter(_standing), sa.false()),
        func.max(_attempts.evaluated_on).filter(_standing),
        sa.false(),
    ).where(_attempts.enrolment_id == _enrolment_id),
)
_RECKON = Statement(
    _reckoned.on_conflict_do_update(
        index_elements=["enrolment_id"],
        set_={name: _reckoned.excluded[name] for name in ("attempts", "passed", "evaluated_on")},
    )
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


async def locked(tx: Transaction, enrolment_id: UUID) -> bool:
    """Keeps other attempts of the enrolment waiting until the transaction ends; False if there is none."""
    return await tx.row(_LOCK, {"enrolment_id": enrolment_id}) is not None


async def keep_attempt(
    tx: Transaction, enrolment_id: UUID, evaluation_id: UUID, *, passed: bool, evaluated_on: date
) -> None:
    """Keeps an attempt of a locked enrolment, and reckons its result."""
    values = {"enrolment_id": enrolment_id, "evaluation_id": evaluation_id}
    await tx.execute(_KEEP, values | {"passed": passed, "evaluated_on": evaluated_on})
    await tx.execute(_RECKON, values)


async def change_attempt(
    tx: Transaction,
    enrolment_id: UUID,
    evaluation_id: UUID,
    *,
    was_passed: bool,
    passed: bool,
    voided: bool,
) -> bool:
    """Changes an attempt of a locked enrolment, and reckons its result; False if there is no such attempt."""
    change = {"of_evaluation": evaluation_id, "passed": passed, "voided": voided}
    if await tx.row(_CHANGE, change) is None:
        before = {"was_passed": was_passed, "new_evaluation_id": evaluation_id}
        await tx.execute(_ADOPT, before | {"enrolment_id": enrolment_id})
        if await tx.row(_CHANGE, change) is None:
            return False
    await tx.execute(_RECKON, {"enrolment_id": enrolment_id})
    return True


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
