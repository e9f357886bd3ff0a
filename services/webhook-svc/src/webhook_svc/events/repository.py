"""The queries on events: keep them, fan them out to deliveries, read them by place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.consumer import Message
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import ARRAY, insert

from webhook_svc.agencies.tables import agencies
from webhook_svc.deliveries.lifecycle import State as DeliveryState
from webhook_svc.deliveries.tables import deliveries
from webhook_svc.endpoints.lifecycle import State as EndpointState
from webhook_svc.endpoints.tables import endpoints
from webhook_svc.events.tables import events
from webhook_svc.schema import written

_ORDER_LOCK = 7_202_511  # any number, the same in every process
_LOCK = Statement(sa.select(func.pg_advisory_xact_lock(sa.literal_column(str(_ORDER_LOCK)))))
_GIVEN = tuple(column for column in events.columns if column.name != "seq")
_KEEP = Statement(
    insert(events)
    .from_select(
        [column.name for column in _GIVEN],
        sa.select(
            *(
                func.unnest(bindparam(column.name, type_=ARRAY(column.type))).label(column.name)
                for column in _GIVEN
            )
        ),
    )
    .on_conflict_do_nothing()
    .returning(events.c.seq)
)


def wanted_by(wants: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether an event is among the types and districts of an agency's grant or an endpoint's choice.

    A type is named in full, as ``<topic>.*``, or as ``*``.
    """
    names = sa.literal_column("ARRAY[events.type, events.topic || '.*', '*']", ARRAY(sa.Text))
    return sa.and_(
        wants.c.event_types.op("&&")(names),
        sa.or_(wants.c.districts.is_(None), events.c.district == sa.any_(wants.c.districts)),
    )


NOT_OF_ANOTHER = sa.or_(events.c.client_id.is_(None), events.c.client_id == agencies.c.client_id)
"""What happened to one agency's endpoint is told to nobody else."""

_wanting = (
    sa.select(
        endpoints.c.id,
        events.c.seq,
        events.c.key,
        events.c.type,
        written(DeliveryState.PENDING).label("state"),
        sa.literal_column("0", sa.Integer).label("attempts"),
        bindparam("now", type_=sa.DateTime(timezone=True)).label("next_attempt_at"),
    )
    .select_from(events)
    .join(endpoints, wanted_by(endpoints))
    .join(agencies, sa.and_(agencies.c.id == endpoints.c.agency_id, wanted_by(agencies), NOT_OF_ANOTHER))
    .where(endpoints.c.state != written(EndpointState.DELETED))
)
_TO_DELIVER = ("endpoint_id", "seq", "key", "type", "state", "attempts", "next_attempt_at")
_FAN_OUT = Statement(
    insert(deliveries).from_select(
        list(_TO_DELIVER),
        _wanting.where(events.c.seq == sa.any_(bindparam("seqs", type_=ARRAY(sa.BigInteger)))),
    )
)
_REPLAY = Statement(
    insert(deliveries)
    .from_select(
        list(_TO_DELIVER),
        _wanting.where(
            endpoints.c.id == bindparam("endpoint_id", type_=sa.Uuid),
            events.c.received_at >= bindparam("since", type_=sa.DateTime(timezone=True)),
            events.c.received_at < bindparam("until", type_=sa.DateTime(timezone=True)),
        ),
    )
    .on_conflict_do_nothing()
)
_of_agency = (
    sa.select(events)
    .select_from(events.join(agencies, sa.and_(wanted_by(agencies), NOT_OF_ANOTHER)))
    .where(
        agencies.c.id == bindparam("agency_id", type_=sa.Uuid),
        events.c.seq > bindparam("after", type_=sa.BigInteger),
    )
    .order_by(events.c.seq)
    .limit(bindparam("most", type_=sa.Integer))
)
_AFTER = Statement(_of_agency)
_AFTER_OF_TYPES = Statement(
    _of_agency.where(events.c.type == sa.any_(bindparam("types", type_=ARRAY(sa.Text))))
)
_BY_ID = Statement(sa.select(events.c.seq).where(events.c.event_id == bindparam("event_id", type_=sa.Uuid)))


async def keep(tx: Transaction, messages: Sequence[Message], now: datetime) -> int:
    """Keeps events once each, with a delivery for each endpoint that wants it; returns how many those are.

    One transaction at a time: a cursor that has passed a number has passed every smaller one.
    """
    await tx.execute(_LOCK, {})
    kept = [_row(message, now) for message in messages]
    rows = await tx.rows(_KEEP, {column.name: [row[column.name] for row in kept] for column in _GIVEN})
    return await tx.execute(_FAN_OUT, {"seqs": [row["seq"] for row in rows], "now": now})


async def replay(tx: Transaction, endpoint_id: UUID, since: datetime, until: datetime, now: datetime) -> int:
    """Makes the deliveries of events that came in a time and that the endpoint was never to get."""
    values = {"endpoint_id": endpoint_id, "since": since, "until": until, "now": now}
    return await tx.execute(_REPLAY, values)


async def after(
    database: Database, agency_id: UUID, seq: int, types: Sequence[str] | None, most: int
) -> list[Row]:
    """The next events an agency is granted after a place, in the order in which they came."""
    values: dict[str, Any] = {"agency_id": agency_id, "after": seq, "most": most}
    if types is None:
        return await database.rows(_AFTER, values)
    return await database.rows(_AFTER_OF_TYPES, values | {"types": list(types)})


async def seq_of(source: Database | Transaction, event_id: UUID) -> int | None:
    """The number of an event, by the id it has everywhere."""
    row = await source.row(_BY_ID, {"event_id": event_id})
    return None if row is None else int(row["seq"])


def _row(message: Message, now: datetime) -> dict[str, Any]:
    data = message.event.model_dump(mode="json")
    source = dict(message.received.headers).get("ce_source", b"").decode(errors="replace")
    return {
        "event_id": message.event_id,
        "type": message.type,
        "topic": message.topic,
        "key": message.key,
        "district": _district(data),
        "client_id": data.get("client_id"),
        "source": source or "/",
        "occurred_at": message.occurred_at,
        "received_at": now,
        "traceparent": message.traceparent,
        "data": data,
    }


def _district(data: dict[str, Any]) -> str | None:
    institution = data.get("institution")
    found = data.get("district") or (institution.get("district") if isinstance(institution, dict) else None)
    return found if isinstance(found, str) else None
