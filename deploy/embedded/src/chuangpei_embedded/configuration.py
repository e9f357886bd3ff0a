"""The settings that the embedded run gives each service, as values or as environment variables."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chuangpei.service import DEVELOPMENT_ISSUER

from chuangpei_embedded.keys import SERVICES, SIGNING_KEY, Secrets

BUS_DATABASE = "bus"
DATABASES = (*SERVICES, BUS_DATABASE)

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where one run has its things: the bus, the development tools and simulators, the clock file."""

    bus: str
    tools: str
    clock_file: Path
    signing_keys: Path
    seals: Path


def service_values(service: str, database: str, secrets: Secrets, around: Surroundings) -> Values:
    """The settings of one service, named as the fields of its ``Settings``."""
    return {
        "environment": "embedded",
        "database": database,
        "bus": around.bus,
        "issuer": DEVELOPMENT_ISSUER,
        "jwks_url": f"{around.tools}/dev/jwks.json",
        "person_secret": secrets.person_secret,
        "keys": {"k1": secrets.keys[service]},
        "current_key": "k1",
        "event_keys": {"e1": secrets.event_key},
        "current_event_key": "e1",
        "clock_file": str(around.clock_file),
        "timer_seconds": 0.5,
        **_outside_ports(service, around.tools, around.clock_file.parent, secrets),
        **(_signing(around) if service == "cert" else {}),
    }


def _outside_ports(service: str, tools: str, folder: Path, secrets: Secrets) -> Values:
    registry, accounts = f"{tools}/simulators/registry", f"{tools}/simulators/accounts"
    match service:
        case "training":
            return {"registry_url": registry}
        case "subsidy":
            return {
                "registry_url": registry,
                "accounts_url": accounts,
                "attachments_url": f"file://{folder.resolve()}/attachments",
                "platform_url": f"{tools}/simulators/platform/v1/pushes",
                "platform_secret": secrets.platform_secret,
                "platform_first_delay_seconds": 1.0,
            }
        case "webhook":
            # Receivers to try it against are on this machine.
            return {"public_url": tools, "allowed_networks": "127.0.0.0/8"}
    return {}


def _signing(around: Surroundings) -> Values:
    return {
        # Not the port of this run: what one run signed must be good in the next.
        "public_url": "http://localhost:8000",
        "signing_keys": str(around.signing_keys),
        "signing_key": SIGNING_KEY,
        "seals": str(around.seals),
        "seal": SIGNING_KEY,
    }


def as_environment(values: Values) -> dict[str, str]:
    """The same settings as the ``CHUANGPEI_*`` variables of a process of its own."""
    return {
        f"CHUANGPEI_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }
