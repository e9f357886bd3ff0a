"""The queries on projects."""

from typing import Any

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.projects.tables import projects

_INSERT = Statement(
    insert(projects)
    .values({column.name: bindparam(column.name, type_=column.type) for column in projects.columns})
    .on_conflict_do_nothing()
    .returning(projects.c.code)
)
_ONE = Statement(sa.select(projects).where(projects.c.code == bindparam("code")))
_LIST = Statement(
    sa.select(projects)
    .where(projects.c.code > bindparam("after"))
    .order_by(projects.c.code)
    .limit(bindparam("most", type_=sa.Integer))
)


async def insert_new(tx: Transaction, values: dict[str, Any]) -> bool:
    """Adds a project; False if its code is taken."""
    return await tx.row(_INSERT, values) is not None


async def one(source: Database | Transaction, code: str) -> Row | None:
    """A project by its code."""
    return await source.row(_ONE, {"code": code})


async def listed(database: Database, *, after: str, most: int) -> list[Row]:
    """Projects by code."""
    return await database.rows(_LIST, {"after": after, "most": most})
