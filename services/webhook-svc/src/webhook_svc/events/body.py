"""What an agency is told of an event: a CloudEvents 1.0 envelope, thin or full.

Thin is the default: what it was, the state it led to, and a link at which whoever may see it reads the rest.
In full, encrypted personal data are left out, for no agency has their key, and ``person_key`` is replaced by
a pseudonym that is the same for one agency and another one for the next.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from chuangpei.database import Row

from webhook_svc.catalogue.links import link_to

CONTENT_TYPE = "application/cloudevents+json"
_SEALED = "_encrypted"


@dataclass(frozen=True, slots=True)
class Telling:
    """How one agency is told: thin or full, with its own pseudonyms of persons."""

    full: bool
    person_salt: bytes
    origin: str


def envelope(event: Row, how: Telling) -> dict[str, Any]:
    """The event as CloudEvents JSON."""
    told: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event["event_id"]),
        "source": event["source"],
        "type": event["type"],
        "subject": event["key"],
        "time": event["occurred_at"].isoformat(),
        "datacontenttype": "application/json",
        "dataschema": f"{how.origin}/webhook/v1/event-types/{event['type']}/schema",
        "data": _full(event["data"], how) if how.full else _thin(event, how),
    }
    if event["traceparent"]:
        told["traceparent"] = event["traceparent"]
    return told


def body(event: Row, how: Telling) -> bytes:
    """The bytes of the envelope, the same each time they are made."""
    return orjson.dumps(envelope(event, how))


def _thin(event: Row, how: Telling) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": event["key"],
        "link": link_to(how.origin, event["type"], event["topic"], event["key"]),
    }
    if isinstance(state := event["data"].get("state"), str):
        told["state"] = state
    if event["district"]:
        told["district"] = event["district"]
    return told


def _full(value: Any, how: Telling) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _pseudonym(inner, how) if name == "person_key" else _full(inner, how)
            for name, inner in value.items()
            if not name.endswith(_SEALED)
        }
    return [_full(one, how) for one in value] if isinstance(value, list) else value


def _pseudonym(person_key: Any, how: Telling) -> str | None:
    if not isinstance(person_key, str):
        return None
    return hmac.new(how.person_salt, person_key.encode(), sha256).hexdigest()
