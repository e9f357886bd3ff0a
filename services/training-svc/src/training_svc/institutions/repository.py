"""The queries on institutions."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.institutions.tables import institutions
from training_svc.visibility import Scope, scoped

_INSERT = Statement(
    insert(institutions)
    .values({column.name: bindparam(column.name, type_=column.type) for column in institutions.columns})
    .on_conflict_do_nothing(index_elements=["credit_code"])
    .returning(institutions.c.id)
)
_COLUMNS = {"credit_code": institutions.c.credit_code, "district": institutions.c.district}
_ONE = scoped(sa.select(institutions).where(institutions.c.id == bindparam("id")), **_COLUMNS)
_district = bindparam("of_district", type_=sa.Text)
_LIST = scoped(
    sa.select(institutions)
    .where(
        institutions.c.id > bindparam("after"),
        sa.or_(_district.is_(None), institutions.c.district == _district),
    )
    .order_by(institutions.c.id)
    .limit(bindparam("most", type_=sa.Integer)),
    **_COLUMNS,
)


async def insert_new(tx: Transaction, values: dict[str, Any]) -> bool:
    """Registers an institution; False if its credit code is registered."""
    return await tx.row(_INSERT, values) is not None


async def one(source: Database | Transaction, institution_id: UUID, scope: Scope) -> Row | None:
    """An institution that the scope sees."""
    return await source.row(_ONE[scope.reach], {"id": institution_id, "scope": scope.value})


async def listed(
    database: Database, scope: Scope, *, after: UUID, most: int, district: str | None
) -> list[Row]:
    """The institutions that the scope sees, by id."""
    values = {"after": after, "most": most, "of_district": district, "scope": scope.value}
    return await database.rows(_LIST[scope.reach], values)
