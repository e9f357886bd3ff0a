"""The transactional outbox: an event is written in the transaction of the deed it tells.

No code calls the bus itself: :func:`emit` inserts a row, :class:`chuangpei.relay.Relay` carries it over.
Lock the aggregate's row before emitting: then the ids of one aggregate are in commit order.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam, func

from chuangpei.database import Statement, Transaction
from chuangpei.events.base import Event
from chuangpei.kernel.identifiers import new_id
from chuangpei.mechanism_tables import outbox
from chuangpei.tracing import current_traceparent

MAX_EVENT_BYTES = 524_288
"""What every bus takes with room to spare: Kafka refuses a batch above 1 MiB (message.max.bytes)."""

_COLUMNS = ("event_id", "type", "key", "occurred_at", "traceparent", "value")

INSERT_EVENT = Statement(
    outbox.insert().values({name: bindparam(name, type_=outbox.c[name].type) for name in _COLUMNS})
)

_INSERT_EVENTS = Statement(
    outbox.insert().from_select(
        list(_COLUMNS),
        sa.select(
            *(
                func.unnest(bindparam(name, type_=sa.ARRAY(outbox.c[name].type))).label(name)
                for name in _COLUMNS
            )
        ),
    )
)


class EventTooLarge(ValueError):  # noqa: N818  # reads as what is wrong
    """An event that a bus would never take; it must be cut into several."""


def event_row(event: Event, occurred_at: datetime) -> dict[str, Any]:
    """The outbox row of an event, for statements that fold it into a domain change of their own.

    Raises :class:`EventTooLarge` above :data:`MAX_EVENT_BYTES`: in the outbox it would stop all later events.
    """
    value = event.model_dump_json().encode()
    if len(value) > MAX_EVENT_BYTES:
        raise EventTooLarge(f"{event.TYPE} has {len(value)} bytes, more than {MAX_EVENT_BYTES}")
    return {
        "event_id": new_id(),
        "type": event.TYPE,
        "key": event.key,
        "occurred_at": occurred_at,
        "traceparent": current_traceparent(),
        "value": value,
    }


async def emit(tx: Transaction, events: Event | Sequence[Event], occurred_at: datetime) -> None:
    """Writes the event, or the events in their order, that happened at ``occurred_at`` (UTC).

    They go out after the commit, or not at all if the transaction does not commit.
    """
    rows = [event_row(event, occurred_at) for event in ([events] if isinstance(events, Event) else events)]
    if len(rows) == 1:
        await tx.execute(INSERT_EVENT, rows[0])
    elif rows:
        await tx.execute(_INSERT_EVENTS, {name: [row[name] for row in rows] for name in _COLUMNS})
    if rows and tx.wake_relay is not None:
        tx.after_commit(tx.wake_relay)
