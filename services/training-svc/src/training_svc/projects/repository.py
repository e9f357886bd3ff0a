"""The queries on projects."""

from typing import Any

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.projects.tables import projects

_INSERT = Statement(
    insert(projects)
    .values({column.name: bindparam(column.name, type_=column.type) for column in projects.columns})
    .on_conflict_do_nothing()
    .returning(projects.c.code)
)
_SELECT_ONE = sa.select(projects).where(projects.c.code == bindparam("code"))
_ONE = Statement(_SELECT_ONE)
_FOR_USE = Statement(_SELECT_ONE.with_for_update(read=True))
_FOR_UPDATE = Statement(_SELECT_ONE.with_for_update(key_share=True))
_SAVED = ("name", "family", "district", "retired_on", "version")
_SAVE = Statement(
    projects.update()
    .where(projects.c.code == bindparam("of_code", type_=sa.Text))
    .values({name: bindparam(name, type_=projects.c[name].type) for name in _SAVED})
)
LIST = Listing(
    sa.select(projects),
    key=Order(projects.c.code, str),
    orders={"name": Order(projects.c.name, str), "stage": Order(projects.c.stage, int)},
    filters={
        "stage": equal(projects.c.stage),
        "family": equal(projects.c.family),
        "district": equal(projects.c.district),
        "retired": Filter(sa.Boolean(), lambda value: projects.c.retired_on.is_not(None) == value),
    },
)


async def insert_new(tx: Transaction, values: dict[str, Any]) -> bool:
    """Adds a project; False if its code is taken."""
    return await tx.row(_INSERT, values) is not None


async def one(source: Database | Transaction, code: str) -> Row | None:
    """A project by its code."""
    return await source.row(_ONE, {"code": code})


async def for_use(tx: Transaction, code: str) -> Row | None:
    """A project that something new is to cite: it is neither amended nor retired meanwhile."""
    return await tx.row(_FOR_USE, {"code": code})


async def load_for_update(tx: Transaction, code: str) -> Row | None:
    """A project, its row locked."""
    return await tx.row(_FOR_UPDATE, {"code": code})


async def save(tx: Transaction, code: str, values: dict[str, Any]) -> None:
    """Writes what an amendment or a retirement changed."""
    await tx.execute(_SAVE, {name: values[name] for name in _SAVED} | {"of_code": code})
