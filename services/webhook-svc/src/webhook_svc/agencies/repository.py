"""The queries on agencies."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from webhook_svc.agencies.tables import agencies

_SELECT = sa.select(agencies)
_ID = agencies.c.id == bindparam("id", type_=sa.Uuid)
_INSERT = Statement(
    insert(agencies)
    .values({one.name: bindparam(one.name, type_=one.type) for one in agencies.columns})
    .on_conflict_do_nothing()
    .returning(agencies.c.id)
)
_CHANGED = ("name", "event_types", "districts", "full_payload", "most_endpoints", "basis", "state")
_SAVE = Statement(
    agencies.update()
    .where(agencies.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=agencies.c[name].type) for name in _CHANGED}
        | {"version": agencies.c.version + 1}
    )
    .returning(*agencies.columns)
)
_ONE = Statement(_SELECT.where(_ID))
_FOR_UPDATE = Statement(_SELECT.where(_ID).with_for_update(key_share=True))
_OF_CLIENT = Statement(_SELECT.where(agencies.c.client_id == bindparam("client_id", type_=sa.Text)))
_OF_CLIENT_LOCKED = Statement(
    _SELECT.where(agencies.c.client_id == bindparam("client_id", type_=sa.Text)).with_for_update(
        key_share=True
    )
)
LIST = Listing(
    _SELECT,
    key=Order(agencies.c.id, UUID),
    orders={"name": Order(agencies.c.name, str)},
    filters={"state": equal(agencies.c.state), "client_id": equal(agencies.c.client_id)},
)


async def insert_new(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Adds an agency; False where its client is registered already."""
    return await tx.row(_INSERT, values) is not None


async def one(source: Database | Transaction, agency_id: UUID) -> Row | None:
    """An agency by its id."""
    return await source.row(_ONE, {"id": agency_id})


async def load_for_update(tx: Transaction, agency_id: UUID) -> Row | None:
    """An agency, locked."""
    return await tx.row(_FOR_UPDATE, {"id": agency_id})


async def of_client(source: Database | Transaction, client_id: str) -> Row | None:
    """The agency of a client."""
    return await source.row(_OF_CLIENT, {"client_id": client_id})


async def lock_of_client(tx: Transaction, client_id: str) -> None:
    """Locks the agency of a client, so that its endpoints are counted by one at a time."""
    await tx.row(_OF_CLIENT_LOCKED, {"client_id": client_id})


async def save(tx: Transaction, agency_id: UUID, values: Mapping[str, Any]) -> Row:
    """Writes what changed of a locked agency; returns it as it is then."""
    row = await tx.row(_SAVE, {name: values[name] for name in _CHANGED} | {"of_id": agency_id})
    assert row is not None, "it is locked"
    return row
