"""The queries of the dispatcher: take a lane, find what is due, write down what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL

from webhook_svc.agencies.lifecycle import State as AgencyState
from webhook_svc.agencies.tables import agencies
from webhook_svc.deliveries.lifecycle import State as DeliveryState
from webhook_svc.deliveries.tables import attempts, deliveries
from webhook_svc.dispatch.tables import lanes
from webhook_svc.endpoints.lifecycle import State as EndpointState
from webhook_svc.endpoints.tables import endpoints
from webhook_svc.events.repository import wanted_by
from webhook_svc.events.tables import events
from webhook_svc.schema import written

_now = bindparam("now", type_=sa.DateTime(timezone=True))
_me = bindparam("me", type_=sa.Uuid)
# The database's own time: the clock of the platform may be moved, a lease may not.
_real_now = func.clock_timestamp()
_lease = sa.cast(sa.literal_column("'30 seconds'"), INTERVAL)
_pending = deliveries.c.state == written(DeliveryState.PENDING)
_served = endpoints.c.state.in_((written(EndpointState.ACTIVE), written(EndpointState.PINGED)))
_has_due = sa.exists().where(
    deliveries.c.endpoint_id == endpoints.c.id, _pending, deliveries.c.next_attempt_at <= _now
)
_to_take = (
    sa.select(lanes.c.endpoint_id)
    .join(endpoints, endpoints.c.id == lanes.c.endpoint_id)
    .join(agencies, agencies.c.id == endpoints.c.agency_id)
    .where(
        _served,
        agencies.c.state == written(AgencyState.ACTIVE),
        sa.or_(lanes.c.leased_until.is_(None), lanes.c.leased_until < _real_now),
        sa.or_(lanes.c.held_until.is_(None), lanes.c.held_until <= _now),
        sa.or_(endpoints.c.state == written(EndpointState.PINGED), _has_due),
    )
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(of=lanes, skip_locked=True)
)
_TAKE = Statement(
    lanes.update()
    .where(lanes.c.endpoint_id.in_(_to_take.scalar_subquery()))
    .values(leased_by=_me, leased_until=_real_now + _lease)
    .returning(lanes)
)
_mine = sa.and_(
    lanes.c.endpoint_id == sa.any_(bindparam("ids", type_=ARRAY(sa.Uuid))), lanes.c.leased_by == _me
)
_RENEW = Statement(
    lanes.update().where(_mine).values(leased_until=_real_now + _lease).returning(lanes.c.endpoint_id)
)
_GIVE_BACK = Statement(lanes.update().where(_mine).values(leased_by=None, leased_until=None))
_endpoint = (
    sa.select(
        endpoints,
        agencies.c.client_id,
        agencies.c.full_payload,
        agencies.c.person_salt_encrypted,
    )
    .select_from(endpoints.join(agencies, agencies.c.id == endpoints.c.agency_id))
    .where(endpoints.c.id == bindparam("id", type_=sa.Uuid))
)
_ENDPOINT = Statement(_endpoint.where(_served, agencies.c.state == written(AgencyState.ACTIVE)))
_ENDPOINT_IN_ANY_STATE = Statement(_endpoint)
_earlier = deliveries.alias("earlier")
_is_first_of_key = ~sa.exists().where(
    _earlier.c.endpoint_id == deliveries.c.endpoint_id,
    _earlier.c.key == deliveries.c.key,
    _earlier.c.seq < deliveries.c.seq,
    _earlier.c.state != written(DeliveryState.DELIVERED),
)
_due = (
    sa.select(events, deliveries.c.attempts)
    .select_from(deliveries)
    .join(events, events.c.seq == deliveries.c.seq)
    .join(endpoints, endpoints.c.id == deliveries.c.endpoint_id)
    .join(agencies, sa.and_(agencies.c.id == endpoints.c.agency_id, wanted_by(agencies)))
    .where(
        deliveries.c.endpoint_id == bindparam("endpoint_id", type_=sa.Uuid),
        _pending,
        deliveries.c.next_attempt_at <= _now,
        deliveries.c.seq != sa.all_(bindparam("busy", type_=ARRAY(sa.BigInteger))),
    )
    .order_by(deliveries.c.next_attempt_at, deliveries.c.seq)
    .limit(bindparam("most", type_=sa.Integer))
)
_DUE = {False: Statement(_due), True: Statement(_due.where(_is_first_of_key))}

_RESULT: dict[str, sa.types.TypeEngine[Any]] = {
    "endpoint_id": sa.Uuid(),
    "seq": sa.BigInteger(),
    "state": sa.Text(),
    "attempts": sa.Integer(),
    "next_attempt_at": sa.DateTime(timezone=True),
    "delivered_at": sa.DateTime(timezone=True),
}
_results = (
    func.unnest(*(bindparam(name, type_=ARRAY(kind)) for name, kind in _RESULT.items()))
    .table_valued(*(sa.column(name, kind) for name, kind in _RESULT.items()), name="results")
    .render_derived()
)
_SETTLE = Statement(
    deliveries.update()
    .where(deliveries.c.endpoint_id == _results.c.endpoint_id, deliveries.c.seq == _results.c.seq, _pending)
    .values({name: _results.c[name] for name in ("state", "attempts", "next_attempt_at", "delivered_at")})
)
_ATTEMPT = tuple(column for column in attempts.columns if column.name != "id")
_LOG = Statement(
    attempts.insert().from_select(
        [column.name for column in _ATTEMPT],
        sa.select(
            *(
                func.unnest(bindparam(column.name, type_=ARRAY(column.type))).label(column.name)
                for column in _ATTEMPT
            )
        ),
    )
)
_LANES = Statement(
    sa.select(lanes)
    .where(lanes.c.endpoint_id == sa.any_(bindparam("ids", type_=ARRAY(sa.Uuid))))
    # In one order, so that two dispatchers never wait for each other.
    .order_by(lanes.c.endpoint_id)
    .with_for_update()
)
_HEALTH = ("endpoint_id", "held_until", "failures", "failing_since", "last_success_at", "last_failure_at")
_healths = (
    func.unnest(*(bindparam(name, type_=ARRAY(lanes.c[name].type)) for name in _HEALTH))
    .table_valued(*(sa.column(name, lanes.c[name].type) for name in _HEALTH), name="healths")
    .render_derived()
)
_KEEP_HEALTH = Statement(
    lanes.update()
    .where(lanes.c.endpoint_id == _healths.c.endpoint_id)
    .values({name: _healths.c[name] for name in _HEALTH[1:]})
)
_MOVE = Statement(
    endpoints.update()
    .where(
        endpoints.c.id == bindparam("of_id", type_=sa.Uuid),
        endpoints.c.state == bindparam("from_state", type_=sa.Text),
    )
    .values(
        state=bindparam("to_state", type_=sa.Text),
        state_reason=bindparam("reason", type_=sa.Text),
        version=endpoints.c.version + 1,
    )
    .returning(endpoints.c.id)
)
_SCRUB = Statement(
    attempts.update()
    .where(
        attempts.c.id.in_(
            sa.select(attempts.c.id)
            .where(attempts.c.answer.is_not(None), attempts.c.at < bindparam("before"))
            .order_by(attempts.c.at)
            .limit(5_000)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
    )
    .values(answer=None)
)


async def take_lanes(database: Database, me: UUID, now: datetime, most: int) -> list[Row]:
    """Leases lanes with something due to this process for half a minute; those of others are passed over."""
    async with database.transaction() as tx:
        return await tx.rows(_TAKE, {"me": me, "now": now, "most": most})


async def renew_leases(database: Database, me: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Keeps lanes for another half minute; returns those that are still this process's."""
    async with database.transaction() as tx:
        return {row["endpoint_id"] for row in await tx.rows(_RENEW, {"me": me, "ids": list(ids)})}


async def give_back(database: Database, me: UUID, ids: Sequence[UUID]) -> None:
    """Ends the lease of lanes: another process may take them at once."""
    async with database.transaction() as tx:
        await tx.execute(_GIVE_BACK, {"me": me, "ids": list(ids)})


async def served_endpoint(database: Database, endpoint_id: UUID) -> Row | None:
    """An endpoint that is delivered to, with its agency's grant; None once it is paused, disabled or gone."""
    return await database.row(_ENDPOINT, {"id": endpoint_id})


async def any_endpoint(database: Database, endpoint_id: UUID) -> Row | None:
    """An endpoint with its agency's grant, whatever state it is in."""
    return await database.row(_ENDPOINT_IN_ANY_STATE, {"id": endpoint_id})


async def due(database: Database, endpoint: Row, now: datetime, busy: Sequence[int], most: int) -> list[Row]:
    """The deliveries of an endpoint that are due and not in hand, within what its agency is granted now.

    In order, only the first of each key is, and one whose retries are used up stops those behind it.
    """
    values = {"endpoint_id": endpoint["id"], "now": now, "busy": list(busy), "most": most}
    return await database.rows(_DUE[endpoint["in_order"]], values)


async def settle(tx: Transaction, results: Sequence[Mapping[str, Any]]) -> None:
    """Writes the state of deliveries after an attempt at each."""
    await tx.execute(_SETTLE, {name: [one[name] for one in results] for name in _RESULT})


async def log_attempts(tx: Transaction, made: Sequence[Mapping[str, Any]]) -> None:
    """Writes down attempts."""
    await tx.execute(_LOG, {column.name: [one[column.name] for one in made] for column in _ATTEMPT})


async def lanes_for_update(tx: Transaction, endpoint_ids: Sequence[UUID]) -> list[Row]:
    """The lanes of endpoints, locked."""
    return await tx.rows(_LANES, {"ids": list(endpoint_ids)})


async def keep_health(tx: Transaction, healths: Sequence[Mapping[str, Any]]) -> None:
    """Writes how endpoints answer."""
    await tx.execute(_KEEP_HEALTH, {name: [one[name] for one in healths] for name in _HEALTH})


async def move(
    tx: Transaction, endpoint_id: UUID, before: EndpointState, after: EndpointState, reason: str | None
) -> bool:
    """Moves an endpoint on for what it answered; False where its agency has moved it meanwhile."""
    values = {"of_id": endpoint_id, "from_state": before, "to_state": after, "reason": reason}
    return await tx.row(_MOVE, values) is not None


async def scrub(tx: Transaction, before: datetime) -> int:
    """Forgets the answers of attempts made before then, some thousands at a time."""
    return await tx.execute(_SCRUB, {"before": before})
