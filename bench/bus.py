"""The bus under measurement, with all topics made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chuangpei.bus.kafka import KafkaBus
from chuangpei.bus.port import Bus
from chuangpei.bus.postgres import PostgresBus
from chuangpei.events.registry import TOPICS

from bench.ground import Ground

PARTITIONS = 6


@asynccontextmanager
async def opened_bus(ground: Ground) -> AsyncIterator[Bus]:
    """Kafka, or the Postgres bus where no broker can run."""
    bus: Bus = KafkaBus(ground.kafka) if ground.kafka else PostgresBus(await ground.bus_url())
    try:
        await bus.create_topics(TOPICS, PARTITIONS)
        yield bus
    finally:
        await bus.close()
