"""Writes what the event contracts say, and refuses a change that would break a reader.

    python docs/event_contracts.py            writes docs/events/, docs/asyncapi/ and docs/events.md
    python docs/event_contracts.py --check    fails where they are out of date or a type broke its readers

Within a version only additions are made: a field that was there stays as it was, and a new one is optional.
The check compares each type with every form of it that was ever committed.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import brand_svc.consumers
import cert_svc.consumers
import subsidy_svc.consumers
import training_svc.consumers
import webhook_svc.consumers
from chuangpei.events.base import Event, topic_of
from chuangpei.events.registry import EVENTS_BY_SERVICE

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "docs" / "events"
ASYNCAPI = ROOT / "docs" / "asyncapi"
PAGE = ROOT / "docs" / "events.md"
Schema = dict[str, Any]

# The tables of handlers need no running service to say which types they hold.
_NO_SERVICE: Any = None
LISTENERS: dict[str, tuple[type[Event], ...]] = {
    "training-svc": tuple(training_svc.consumers.HANDLERS),
    "cert-svc": tuple(cert_svc.consumers.handlers(_NO_SERVICE)),
    "subsidy-svc": tuple(subsidy_svc.consumers.handlers(_NO_SERVICE)),
    "brand-svc": tuple(brand_svc.consumers.handlers(_NO_SERVICE)),
    "webhook-svc": tuple(webhook_svc.consumers.handlers(_NO_SERVICE)),
}


def schema_of(event: type[Event]) -> Schema:
    """The JSON Schema of a type's data, as it stands in the code."""
    schema = event.model_json_schema(mode="serialization")
    schema["$id"] = f"urn:chuangpei:event:{event.TYPE}"
    schema["x-key"] = event.KEY
    schema["x-topic"] = topic_of(event.TYPE)
    return schema


def breaks(old: Schema, new: Schema, where: str = "") -> list[str]:
    """Every way in which readers of the old form would fail on the new one, or new readers on old data."""
    found: list[str] = []
    old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
    for name, old_field in old_fields.items():
        if name not in new_fields:
            found.append(f"{where}{name} is gone")
        elif _shape(old_field) != _shape(new_fields[name]):
            found.append(f"{where}{name} changed its type")
    old_required, new_required = set(old.get("required", ())), set(new.get("required", ()))
    found += [f"{where}{name} is no longer always there" for name in sorted(old_required - new_required)]
    found += [
        f"{where}{name} is newly required, unlike in old events"
        for name in sorted(new_required - old_required)
    ]
    if old.get("x-key") != new.get("x-key"):
        found.append(f"{where}the key changed")
    for name, old_part in old.get("$defs", {}).items():
        if name in new.get("$defs", {}):
            found += breaks(old_part, new["$defs"][name], f"{where}{name}.")
    return found


def _shape(field: Any) -> Any:
    if isinstance(field, dict):
        return {key: _shape(value) for key, value in field.items() if key not in ("title", "description")}
    return [_shape(one) for one in field] if isinstance(field, list) else field


def committed_forms(path: Path) -> list[Schema]:
    """Every form of a schema file in the history; none outside a git checkout."""
    relative = path.relative_to(ROOT).as_posix()
    log = _git("log", "--format=%H", "--", relative)
    texts = [_git("show", f"{commit}:{relative}") for commit in log.split()]
    return [json.loads(text) for text in texts if text]


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def asyncapi_of(service: str, events: tuple[type[Event], ...]) -> Schema:
    """The AsyncAPI 3 document of what a service sends."""
    channels: Schema = {}
    operations: Schema = {}
    messages: Schema = {}
    for event in events:
        entity = topic_of(event.TYPE).rsplit(".", 1)[1]
        name = event.__name__
        channel = channels.setdefault(
            entity, {"address": topic_of(event.TYPE), "messages": {}, "title": f"Events of {entity}"}
        )
        channel["messages"][name] = {"$ref": f"#/components/messages/{name}"}
        messages[name] = {
            "name": event.TYPE,
            "summary": _first_line(event),
            "contentType": "application/json",
            "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
            "payload": {"$ref": f"../events/{event.TYPE}.json"},
            "bindings": {"kafka": {"key": {"type": "string", "description": event.KEY}}},
        }
        operation = operations.setdefault(
            f"send_{entity}",
            {"action": "send", "channel": {"$ref": f"#/channels/{entity}"}, "messages": []},
        )
        operation["messages"].append({"$ref": f"#/channels/{entity}/messages/{name}"})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Chuangpei {service}",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in Kafka binary mode; the key orders one aggregate's events.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": {"CloudEventHeaders": CLOUD_EVENT_HEADERS}},
    }


INTRODUCTION = """\
# Events

<!-- Written by docs/event_contracts.py (`make docs`); the contracts are in shared/src/chuangpei/events. -->

Services tell each other facts as CloudEvents 1.0 in Kafka binary mode: the attributes are `ce_*` headers,
the value is the JSON data, the record's key is the aggregate's id. One topic an entity. All events of one key
reach a reader in the order in which they happened; each has its effect once, however often it comes.

**How schemas grow.** Within a version only additions are made: a field stays as it was, a new one is
optional, readers ignore what they do not know. Anything else is a new type (`.v2`) sent beside the old one
until its readers have moved. `make check` compares each type with every form that was ever committed. The
JSON Schemas are in [events/](events/), one AsyncAPI 3 document a service in [asyncapi/](asyncapi/).

Personal data: `person_key` is a keyed hash; names and id numbers travel encrypted under the event key.
"""

CLOUD_EVENT_HEADERS: Schema = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid"},
        "ce_source": {"type": "string"},
        "ce_type": {"type": "string"},
        "ce_subject": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time"},
        "traceparent": {"type": "string"},
    },
}


def page() -> str:
    """docs/events.md: who sends, who listens, by which key."""
    listeners = _listeners()
    lines = [INTRODUCTION]
    for service, events in EVENTS_BY_SERVICE.items():
        lines += [f"## {service}", "", "| type | meaning | key | who listens |", "|---|---|---|---|"]
        lines += [
            f"| [`{event.TYPE}`](events/{event.TYPE}.json) | {_first_line(event)} | `{event.KEY}` "
            f"| {', '.join(listeners.get(event, [])) or '—'} |"
            for event in events
        ]
        lines.append("")
    return "\n".join(lines)


def _listeners() -> dict[type[Event], list[str]]:
    found: dict[type[Event], list[str]] = {}
    for service, listens_to in LISTENERS.items():
        for event in listens_to:
            found.setdefault(event, []).append(service)
    return found


def _first_line(event: type[Event]) -> str:
    return (event.__doc__ or "").strip().splitlines()[0]


def wanted_files() -> dict[Path, str]:
    """Every file this writes, with its text."""
    files = {PAGE: page()}
    for service, events in EVENTS_BY_SERVICE.items():
        files[ASYNCAPI / f"{service}.json"] = _json(asyncapi_of(service, events))
        for event in events:
            files[SCHEMAS / f"{event.TYPE}.json"] = _json(schema_of(event))
    return files


def _json(value: Schema) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def broken_types() -> list[str]:
    """The types whose present form would break a reader of a committed one; removed types too."""
    found: list[str] = []
    types = {event.TYPE: event for events in EVENTS_BY_SERVICE.values() for event in events}
    for path in sorted(SCHEMAS.glob("*.json")):
        event = types.get(path.stem)
        if event is None:
            found.append(f"{path.stem}: the type is gone, but readers may still get its events")
            continue
        reasons = {reason for old in committed_forms(path) for reason in breaks(old, schema_of(event))}
        found += [f"{path.stem}: {reason}; make a new version instead" for reason in sorted(reasons)]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="fail where something is out of date")
    check = parser.parse_args().check
    found = broken_types()
    files = wanted_files()
    if check:
        found += [
            f"{path.relative_to(ROOT)} is out of date: run `make docs`"
            for path, text in files.items()
            if not path.exists() or path.read_text(encoding="utf-8") != text
        ]
    for line in found:
        print(line, file=sys.stderr)  # noqa: T201  # a command's output
    if found:
        return 1
    if not check:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
