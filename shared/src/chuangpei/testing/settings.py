"""Settings for tests: embedded environment, throw-away keys, the development issuer."""

import base64
from typing import Any, TypeVar

from chuangpei.service import DEVELOPMENT_ISSUER
from chuangpei.settings import CommonSettings

S = TypeVar("S", bound=CommonSettings)

_KEY = "aes256gcm:" + base64.b64encode(bytes(range(32))).decode()


def test_settings(kind: type[S], dsn: str, bus_dsn: str | None = None, **own: Any) -> S:  # noqa: PT028  # no test
    """The settings of one service on a test database; ``own`` overrides or adds fields."""
    common: dict[str, Any] = {
        "environment": "embedded",
        "database": dsn,
        "bus": bus_dsn or dsn,
        "bus_partitions": 3,
        "issuer": DEVELOPMENT_ISSUER,
        "jwks_url": "http://127.0.0.1:9/unused",
        "person_secret": "a person secret for tests, long enough",
        "keys": {"t1": _KEY},
        "current_key": "t1",
        "event_keys": {"e1": _KEY},
        "current_event_key": "e1",
        "poll_seconds": 0.1,
        "timer_seconds": 0.1,
    }
    return kind(**(common | own))


test_settings.__test__ = False  # type: ignore[attr-defined]  # pytest must not collect a helper
