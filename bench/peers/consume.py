"""Consuming by hand: one transaction of bare SQL for each partition's batch; nothing is validated."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Protocol
from uuid import UUID, uuid4

import asyncpg

_INBOX = """
INSERT INTO inbox (event_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id
"""
_WINDOWS = """
INSERT INTO windows (certificate_id, certificate_number, person_key, masked_name, name_encrypted,
  id_number_encrypted, institution_credit_code, institution_name, district, project_code, project_name,
  class_id, class_started_on, evaluated_on, issued_on, last_day, last_day_provisional)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
  $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::uuid[], $13::date[], $14::date[],
  $15::date[], $16::date[], $17::bool[])
ON CONFLICT (certificate_id) DO NOTHING RETURNING certificate_id
"""
_OUTBOX = """
INSERT INTO outbox (event_id, type, key, occurred_at, traceparent, value)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::bytea[])
"""
_OPENED = "cn.sh.chuangpei.window.opened.v1"
_AT = datetime(2026, 5, 20, tzinfo=UTC)


class Consumed(Protocol):
    """A record of aiokafka, or of our own bus."""

    @property
    def value(self) -> bytes: ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


async def apply(connection: asyncpg.Connection, records: Sequence[Consumed], last_day: date) -> None:
    """Inbox, windows and the events of their opening, in one transaction."""
    by_id = {UUID(dict(record.headers)["ce_id"].decode()): json.loads(record.value) for record in records}
    async with connection.transaction():
        new = [row[0] for row in await connection.fetch(_INBOX, list(by_id))]
        events = [by_id[event_id] for event_id in new]
        rows = [_window(event, last_day) for event in events]
        opened = await connection.fetch(_WINDOWS, *(list(column) for column in zip(*rows, strict=True)))
        told = [_told(str(row[0]), last_day) for row in opened]
        await connection.execute(_OUTBOX, *(list(column) for column in zip(*told, strict=True)))


def _window(event: dict, last_day: date) -> tuple[object, ...]:  # type: ignore[type-arg]  # plain JSON
    return (
        UUID(event["certificate_id"]),
        event["number"],
        event["person"]["person_key"],
        event["person"]["masked_name"],
        event["person"]["name_encrypted"],
        event["person"]["id_number_encrypted"],
        event["institution"]["credit_code"],
        event["institution"]["name"],
        event["institution"]["district"],
        event["project"]["code"],
        event["project"]["name"],
        UUID(event["class_id"]),
        date.fromisoformat(event["class_started_on"]),
        date.fromisoformat(event["evaluated_on"]),
        date.fromisoformat(event["issued_on"]),
        last_day,
        False,
    )


def _told(certificate_id: str, last_day: date) -> tuple[object, ...]:
    value = json.dumps({"certificate_id": certificate_id, "last_day": last_day.isoformat()}).encode()
    return uuid4(), _OPENED, certificate_id, _AT, None, value
