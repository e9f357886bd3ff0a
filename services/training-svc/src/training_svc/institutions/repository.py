"""The queries on institutions."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.institutions.tables import institutions
from training_svc.visibility import Scope, reaches, scoped

_INSERT = Statement(
    insert(institutions)
    .values({column.name: bindparam(column.name, type_=column.type) for column in institutions.columns})
    .on_conflict_do_nothing(index_elements=["credit_code"])
    .returning(institutions.c.id)
)
_COLUMNS = {"credit_code": institutions.c.credit_code, "district": institutions.c.district}
_ONE = scoped(sa.select(institutions).where(institutions.c.id == bindparam("id")), **_COLUMNS)
LIST = Listing(
    sa.select(institutions),
    key=Order(institutions.c.id, UUID),
    orders={
        "name": Order(institutions.c.name, str),
        "registered_on": Order(institutions.c.registered_on, date),
    },
    filters={
        "district": equal(institutions.c.district),
        "kind": equal(institutions.c.kind),
        "credit_code": equal(institutions.c.credit_code),
    },
    reaches=reaches(**_COLUMNS),
)


async def insert_new(tx: Transaction, values: dict[str, Any]) -> bool:
    """Registers an institution; False if its credit code is registered."""
    return await tx.row(_INSERT, values) is not None


async def one(source: Database | Transaction, institution_id: UUID, scope: Scope) -> Row | None:
    """An institution that the scope sees."""
    return await source.row(_ONE[scope.reach], {"id": institution_id, "scope": scope.value})
