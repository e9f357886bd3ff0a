"""Keeps aiokafka from filling the log: while a broker is away it repeats its errors many times a second."""

import logging
import time

REPEAT_SECONDS = 30.0

_TALKATIVE = (
    "aiokafka",
    "aiokafka.cluster",
    "aiokafka.conn",
    "aiokafka.consumer.fetcher",
    "aiokafka.consumer.group_coordinator",
    "aiokafka.producer.sender",
)


class OncePerSpell(logging.Filter):
    """Lets a message pass when the same one (before its arguments are filled in) did not in the last 30 s."""

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if record.levelno < logging.WARNING:
            return True
        if now - self._passed.get(record.msg, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        self._passed[record.msg] = now
        return True


def calm_aiokafka() -> None:
    """Put the filter on aiokafka's loggers; once is enough and twice does no harm."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if not any(isinstance(present, OncePerSpell) for present in logger.filters):
            logger.addFilter(OncePerSpell())
