"""Events in tests: what a service has emitted, and events delivered as if they came from the bus."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select, update

from chuangpei.bus.port import Received
from chuangpei.consumer import Consumer, Handlers
from chuangpei.database import Database, Statement
from chuangpei.events.base import Event, topic_of
from chuangpei.events.registry import EVENT_TYPES
from chuangpei.kernel.identifiers import new_id
from chuangpei.mechanism_tables import outbox, parked_messages

_ALL_DUE = Statement(update(parked_messages).values(next_try_at=func.now()))
_TOLD_AT = datetime(2026, 3, 1, tzinfo=UTC)
_PENDING = Statement(select(outbox.c.type, outbox.c.value).order_by(outbox.c.id))


async def pending_events(database: Database) -> list[Event]:
    """The events in the outbox, in their order."""
    rows = await database.rows(_PENDING, {})
    return [EVENT_TYPES[row["type"]].model_validate_json(row["value"]) for row in rows]


def received(
    event: Event, *, event_id: UUID | None = None, offset: int = 0, occurred_at: datetime = _TOLD_AT
) -> Received:
    """The event as a consumer gets it from the bus."""
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event_id or new_id()).encode()),
        ("ce_source", b"/test"),
        ("ce_type", event.TYPE.encode()),
        ("ce_subject", event.key.encode()),
        ("ce_time", occurred_at.isoformat().encode()),
    )
    return Received(
        topic_of(event.TYPE), event.key, event.model_dump_json().encode(), headers, partition=0, offset=offset
    )


class NoSubscription:
    """Stands where a consumer is only handed records."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def fetch(self, max_records: int, timeout_seconds: float) -> dict[tuple[str, int], list[Received]]:
        return {}

    async def commit(self, offsets: object) -> None: ...

    async def rewind(self) -> None: ...

    async def lag(self) -> int:
        return 0


async def deliver(database: Database, handlers: Handlers, *events: Event | Received) -> None:
    """Gives events their effect through the real inbox; then each parked one is tried once."""
    records: Sequence[Received] = [
        event if isinstance(event, Received) else received(event) for event in events
    ]
    consumer = Consumer(database, NoSubscription(), handlers, retry_seconds=3_600)
    await consumer.take(records)
    async with database.transaction() as tx:
        await tx.execute(_ALL_DUE, {})
    await consumer.retry_parked()
