"""The queries on what the city centre publishes by version: standards and evaluation norms (T05)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

_KEPT = frozenset({"id", "project_code", "version", "published_at", "published_by"})


class Documents:
    """The versions in one table; ``cited`` says of each whether something cites it, shown as ``frozen``."""

    def __init__(self, table: sa.Table, cited: sa.ColumnElement[bool]) -> None:
        select = sa.select(table, cited.label("frozen"))
        of_id = table.c.id == bindparam("of_id", type_=sa.Uuid)
        values = {column.name: bindparam(column.name, type_=column.type) for column in table.columns}
        self._amendable = tuple(name for name in values if name not in _KEPT)
        self._insert = Statement(insert(table).values(values).on_conflict_do_nothing().returning(table.c.id))
        self._one = Statement(select.where(of_id))
        self._lock = Statement(sa.select(table.c.id).where(of_id).with_for_update(key_share=True))
        self._save = Statement(
            table.update().where(of_id).values({name: values[name] for name in self._amendable})
        )
        self._in_force = Statement(
            sa.select(table)
            .where(
                table.c.project_code == bindparam("project_code"),
                table.c.effective_from <= bindparam("day", type_=sa.Date),
                table.c.withdrawn_on.is_(None),
            )
            .order_by(table.c.effective_from.desc())
            .limit(1)
            .with_for_update(read=True)
        )
        self.list = _listing(table, select)

    async def insert_new(self, tx: Transaction, values: Mapping[str, Any]) -> bool:
        """Publishes a version; False if the project has this version, or one from the same day."""
        return await tx.row(self._insert, values) is not None

    async def one(self, source: Database | Transaction, document_id: UUID) -> Row | None:
        """A version by its id, withdrawn or not."""
        return await source.row(self._one, {"of_id": document_id})

    async def load_for_update(self, tx: Transaction, document_id: UUID) -> Row | None:
        """A version, its row locked; whoever was citing it meanwhile has committed and is seen."""
        await tx.execute(self._lock, {"of_id": document_id})
        return await self.one(tx, document_id)

    async def save(self, tx: Transaction, document_id: UUID, values: Mapping[str, Any]) -> None:
        """Writes what an amendment or a withdrawal changed.

        Raises :class:`asyncpg.UniqueViolationError` where another version begins on the same day.
        """
        await tx.execute(
            self._save, {name: values[name] for name in self._amendable} | {"of_id": document_id}
        )

    async def in_force(self, tx: Transaction, project_code: str, day: date) -> Row | None:
        """The project's version in force on ``day``: the latest that has begun (T05).

        It is held against change until the transaction ends, so that it may be cited.
        """
        return await tx.row(self._in_force, {"project_code": project_code, "day": day})


def _listing(table: sa.Table, select: sa.Select[Any]) -> Listing:
    return Listing(
        select,
        key=Order(table.c.id, UUID),
        orders={
            "effective_from": Order(table.c.effective_from, date),
            "project_code": Order(table.c.project_code, str),
        },
        filters={
            "project_code": equal(table.c.project_code),
            "effective_since": since(table.c.effective_from),
            "effective_until": until(table.c.effective_from),
            "withdrawn": Filter(sa.Boolean(), lambda value: table.c.withdrawn_on.is_not(None) == value),
        },
    )
