"""The queries on deliveries and attempts, as agencies and operators read them and have them sent again."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam

from webhook_svc.deliveries.lifecycle import State
from webhook_svc.deliveries.tables import attempts, deliveries
from webhook_svc.events.tables import events
from webhook_svc.schema import written

_now = bindparam("now", type_=sa.DateTime(timezone=True))
_of_endpoint = deliveries.c.endpoint_id == bindparam("of_endpoint", type_=sa.Uuid)
_SELECT = sa.select(
    deliveries, events.c.event_id, events.c.occurred_at, events.c.received_at, events.c.district
).select_from(deliveries.join(events, events.c.seq == deliveries.c.seq))
_AGAIN: dict[str, Any] = {
    "state": written(State.PENDING),
    "next_attempt_at": _now,
    "attempts": sa.literal_column("0", sa.Integer),
    "delivered_at": None,
}
_RESEND = Statement(
    deliveries.update()
    .where(_of_endpoint, deliveries.c.seq == bindparam("of_seq", type_=sa.BigInteger))
    .values(_AGAIN)
    .returning(deliveries.c.seq)
)
_RECOVER = Statement(
    deliveries.update()
    .where(
        _of_endpoint,
        deliveries.c.state.in_((written(State.PENDING), written(State.EXHAUSTED))),
        deliveries.c.seq.in_(
            sa.select(events.c.seq).where(
                events.c.received_at >= bindparam("since", type_=sa.DateTime(timezone=True))
            )
        ),
    )
    .values(_AGAIN)
)
LIST = Listing(
    _SELECT,
    key=Order(deliveries.c.seq, int),
    filters={
        "endpoint_id": equal(deliveries.c.endpoint_id),
        "state": equal(deliveries.c.state),
        "type": equal(deliveries.c.type),
        "key": equal(deliveries.c.key),
        "event_id": equal(events.c.event_id),
        "received_from": since(events.c.received_at),
        "received_until": until(events.c.received_at),
    },
)
ATTEMPTS = Listing(
    sa.select(attempts, events.c.event_id).select_from(
        attempts.outerjoin(events, events.c.seq == attempts.c.seq)
    ),
    key=Order(attempts.c.id, int),
    filters={
        "endpoint_id": equal(attempts.c.endpoint_id),
        "event_id": equal(events.c.event_id),
    },
)


async def resend(tx: Transaction, endpoint_id: UUID, seq: int, now: datetime) -> bool:
    """Makes one delivery due at once, whatever became of it; False where the endpoint was never owed it."""
    values = {"of_endpoint": endpoint_id, "of_seq": seq, "now": now}
    return await tx.row(_RESEND, values) is not None


async def recover(tx: Transaction, endpoint_id: UUID, came_since: datetime, now: datetime) -> int:
    """Makes everything undelivered since then due at once; returns how much that is."""
    return await tx.execute(_RECOVER, {"of_endpoint": endpoint_id, "since": came_since, "now": now})
