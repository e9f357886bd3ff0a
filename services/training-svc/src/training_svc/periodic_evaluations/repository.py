"""The queries on periodic evaluations."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.institutions.tables import institutions
from training_svc.periodic_evaluations.tables import evaluations
from training_svc.visibility import Scope, reaches, scoped

_INSERT = Statement(
    insert(evaluations)
    .values({column.name: bindparam(column.name, type_=column.type) for column in evaluations.columns})
    .on_conflict_do_nothing(index_elements=["object_kind", "object_id", "period_from", "period_to"])
    .returning(evaluations.c.id)
)
_SELECT = sa.select(evaluations).join(institutions, institutions.c.id == evaluations.c.institution_id)
_SCOPE = {"credit_code": institutions.c.credit_code, "district": evaluations.c.district}
_ONE = scoped(_SELECT.where(evaluations.c.id == bindparam("id", type_=sa.Uuid)), **_SCOPE)
_FOR_UPDATE = scoped(
    _SELECT.where(evaluations.c.id == bindparam("id", type_=sa.Uuid)).with_for_update(
        key_share=True, of=evaluations
    ),
    **_SCOPE,
)
_SAVED = ("scores", "percent", "grade", "comment", "version")
_SAVE = Statement(
    evaluations.update()
    .where(evaluations.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=evaluations.c[name].type) for name in _SAVED})
)
LIST = Listing(
    _SELECT,
    key=Order(evaluations.c.id, UUID),
    orders={
        "percent": Order(evaluations.c.percent, int),
        "period_to": Order(evaluations.c.period_to, date),
    },
    filters={
        "object_kind": equal(evaluations.c.object_kind),
        "object_id": equal(evaluations.c.object_id),
        "institution_id": equal(evaluations.c.institution_id),
        "district": equal(evaluations.c.district),
        "grade": equal(evaluations.c.grade),
        "period_since": since(evaluations.c.period_to),
    },
    reaches=reaches(**_SCOPE),
)


async def insert_new(tx: Transaction, values: dict[str, Any]) -> bool:
    """Adds an evaluation; False if the object has one for the period."""
    return await tx.row(_INSERT, values) is not None


async def one(tx: Transaction, evaluation_id: UUID, scope: Scope) -> Row | None:
    """An evaluation that the scope sees."""
    return await tx.row(_ONE[scope.reach], {"id": evaluation_id, "scope": scope.value})


async def load_for_update(tx: Transaction, evaluation_id: UUID, scope: Scope) -> Row | None:
    """An evaluation that the scope sees, locked."""
    return await tx.row(_FOR_UPDATE[scope.reach], {"id": evaluation_id, "scope": scope.value})


async def save(tx: Transaction, evaluation_id: UUID, values: dict[str, Any]) -> None:
    """Writes what an amendment changed."""
    await tx.execute(_SAVE, values | {"of_id": evaluation_id})
