"""From a record of the bus to an event: what a consumer's handler gets, and records nobody can read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from chuangpei.bus.port import Received
from chuangpei.events.base import Event


@dataclass(frozen=True, slots=True)
class Message:
    """One event as received: its CloudEvents attributes and its content."""

    event_id: UUID
    occurred_at: datetime
    topic: str
    key: str
    type: str
    event: Event
    received: Received

    @property
    def traceparent(self) -> str | None:
        """The ``traceparent`` the event came with, as it came."""
        return dict(self.received.headers).get("traceparent", b"").decode("latin-1") or None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is no event of ours: a dead letter at once, for trying again cannot help."""

    record: Received
    type: str
    error: str


def read_records(
    records: Sequence[Received], types: Mapping[str, type[Event]]
) -> tuple[list[Message], list[Unreadable]]:
    """The messages of the known types, and what cannot be read; other types are skipped."""
    messages: list[Message] = []
    broken: list[Unreadable] = []
    for record in records:
        headers = dict(record.headers)
        event_type = headers.get("ce_type", b"").decode(errors="replace")
        if "ce_type" in headers and event_type not in types:
            continue
        try:
            messages.append(_message(record, headers, event_type, types))
        except (KeyError, ValueError) as error:
            broken.append(Unreadable(record, event_type, described(error)))
    return messages, broken


def described(error: BaseException) -> str:
    """An error for operators, without the values that pydantic would quote."""
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in found)
    return repr(error)


def _message(
    record: Received, headers: Mapping[str, bytes], event_type: str, types: Mapping[str, type[Event]]
) -> Message:
    occurred_at = datetime.fromisoformat(headers["ce_time"].decode())
    if occurred_at.utcoffset() is None:
        raise ValueError("ce_time has no time zone")
    return Message(
        event_id=UUID(headers["ce_id"].decode()),
        occurred_at=occurred_at,
        topic=record.topic,
        key=record.key,
        type=event_type,
        event=types[event_type].model_validate_json(record.value),
        received=record,
    )
