"""The catalogue of event types (事件目录) over HTTP, for anyone."""

import inspect
from typing import Any

from chuangpei.errors import Refused
from chuangpei.events.base import topic_of
from chuangpei.events.registry import EVENT_TYPES, EVENTS_BY_SERVICE
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from fastapi import APIRouter
from pydantic import BaseModel, Field

router = APIRouter(prefix="/webhook/v1/event-types", tags=["事件目录 · event types"])


class EventTypeView(BaseModel):
    """One event type: who tells it, what it says, by which field its events are ordered."""

    type: str = Field(examples=["cn.sh.chuangpei.certificate.issued.v1"])
    topic: str
    service: str
    version: int
    description: str
    key: str
    schema_path: str


class EventTypes(BaseModel):
    """Every event type of the platform."""

    items: list[EventTypeView]


@router.get("", summary="事件目录 · The catalogue of event types")
async def list_event_types() -> EventTypes:
    """Every type that may be subscribed to, each version of its own."""
    return EventTypes(
        items=[
            EventTypeView(
                type=event.TYPE,
                topic=topic_of(event.TYPE),
                service=service,
                version=int(event.TYPE.rpartition(".v")[2]),
                description=inspect.cleandoc(event.__doc__ or ""),
                key=event.KEY,
                schema_path=f"{router.prefix}/{event.TYPE}/schema",
            )
            for service, events in EVENTS_BY_SERVICE.items()
            for event in events
        ]
    )


@router.get("/{event_type}/schema", summary="事件的 JSON Schema · The JSON Schema of a type")
async def read_schema(event_type: str) -> dict[str, Any]:
    """What the full payload of a type holds, encrypted personal data left out."""
    event = EVENT_TYPES.get(event_type)
    if event is None:
        raise Refused(Refusal(NOT_FOUND))
    schema = event.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = f"urn:chuangpei:event:{event.TYPE}"
    return _as_told(schema)


def _as_told(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that are never told; readers ignore what they do not know, so others may come."""
    for part in (schema, *schema.get("$defs", {}).values()):
        hidden = [name for name in part.get("properties", {}) if name.endswith("_encrypted")]
        for name in hidden:
            del part["properties"][name]
        if hidden:
            part["required"] = [name for name in part.get("required", ()) if name not in hidden]
    return schema
