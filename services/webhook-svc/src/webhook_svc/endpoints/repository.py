"""The queries on endpoints and their keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from webhook_svc.dispatch.tables import lanes
from webhook_svc.endpoints.lifecycle import State
from webhook_svc.endpoints.tables import endpoint_keys, endpoints
from webhook_svc.schema import written

_HEALTH = ("held_until", "failures", "failing_since", "last_success_at", "last_failure_at")
_SELECT = sa.select(endpoints, *(lanes.c[name] for name in _HEALTH)).select_from(
    endpoints.join(lanes, lanes.c.endpoint_id == endpoints.c.id)
)
_LIVING = endpoints.c.state != written(State.DELETED)
_OWN = endpoints.c.agency_id == bindparam("scope", type_=sa.Uuid)
_ID = endpoints.c.id == bindparam("id", type_=sa.Uuid)
_ONE = {own: Statement(_SELECT.where(_ID, _OWN) if own else _SELECT.where(_ID)) for own in (True, False)}
_FOR_UPDATE = Statement(_SELECT.where(_ID, _OWN, _LIVING).with_for_update(key_share=True, of=endpoints))
_COUNT = Statement(sa.select(func.count()).select_from(endpoints).where(_OWN, _LIVING))
_INSERT = Statement(
    insert(endpoints).values({one.name: bindparam(one.name, type_=one.type) for one in endpoints.columns})
)
_OPEN_LANE = Statement(insert(lanes).values(endpoint_id=bindparam("endpoint_id", type_=sa.Uuid)))
_CHANGED = (
    "url",
    "description",
    "event_types",
    "districts",
    "payload",
    "in_order",
    "most_a_second",
    "most_in_flight",
    "secrets_encrypted",
    "state",
    "state_reason",
)
_SAVE = Statement(
    endpoints.update()
    .where(endpoints.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=endpoints.c[name].type) for name in _CHANGED}
        | {"version": endpoints.c.version + 1}
    )
)
_LET_GO = Statement(
    lanes.update()
    .where(lanes.c.endpoint_id == bindparam("of_id", type_=sa.Uuid))
    .values(held_until=None, failures=0, failing_since=None)
)
_ADD_KEY = Statement(
    insert(endpoint_keys).values(
        {one.name: bindparam(one.name, type_=one.type) for one in endpoint_keys.columns}
    )
)
_RETIRE_KEY = Statement(
    endpoint_keys.update()
    .where(
        endpoint_keys.c.endpoint_id == bindparam("of_endpoint", type_=sa.Uuid),
        endpoint_keys.c.signs_until.is_(None),
    )
    .values(signs_until=bindparam("until", type_=sa.DateTime(timezone=True)))
)
_KEYS = Statement(
    sa.select(endpoint_keys)
    .where(
        endpoint_keys.c.endpoint_id == bindparam("endpoint_id", type_=sa.Uuid),
        sa.or_(
            endpoint_keys.c.signs_until.is_(None),
            endpoint_keys.c.signs_until > bindparam("now", type_=sa.DateTime(timezone=True)),
        ),
    )
    .order_by(endpoint_keys.c.made_at.desc())
)
LIST = Listing(
    _SELECT,
    key=Order(endpoints.c.id, UUID),
    filters={
        "state": equal(endpoints.c.state),
        "agency_id": equal(endpoints.c.agency_id),
    },
    reaches={None: _LIVING, "own": sa.and_(_OWN, _LIVING)},
)


async def insert_new(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Adds an endpoint and opens its lane."""
    await tx.execute(_INSERT, values)
    await tx.execute(_OPEN_LANE, {"endpoint_id": values["id"]})


async def count(tx: Transaction, agency_id: UUID) -> int:
    """How many endpoints an agency has."""
    return int(await tx.value(_COUNT, {"scope": agency_id}))


async def one(source: Database | Transaction, endpoint_id: UUID, agency_id: UUID | None) -> Row | None:
    """An endpoint of the agency, or of any where ``agency_id`` is None."""
    values = {"id": endpoint_id} | ({"scope": agency_id} if agency_id else {})
    return await source.row(_ONE[agency_id is not None], values)


async def load_for_update(tx: Transaction, endpoint_id: UUID, agency_id: UUID) -> Row | None:
    """An endpoint of the agency, locked; a deleted one is gone."""
    return await tx.row(_FOR_UPDATE, {"id": endpoint_id, "scope": agency_id})


async def save(tx: Transaction, endpoint_id: UUID, values: Mapping[str, Any]) -> None:
    """Writes what changed of a locked endpoint."""
    await tx.execute(_SAVE, {name: values[name] for name in _CHANGED} | {"of_id": endpoint_id})


async def let_go(tx: Transaction, endpoint_id: UUID) -> None:
    """Forgets how an endpoint failed: it is begun with anew."""
    await tx.execute(_LET_GO, {"of_id": endpoint_id})


async def add_key(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Adds the current key of an endpoint."""
    await tx.execute(_ADD_KEY, values)


async def retire_key(tx: Transaction, endpoint_id: UUID, until: datetime) -> None:
    """Lets the current key sign along until then, and no longer be the current one."""
    await tx.execute(_RETIRE_KEY, {"of_endpoint": endpoint_id, "until": until})


async def signing_keys(source: Database | Transaction, endpoint_id: UUID, now: datetime) -> list[Row]:
    """The keys an endpoint's deliveries are signed with now, the current one first."""
    return await source.rows(_KEYS, {"endpoint_id": endpoint_id, "now": now})
