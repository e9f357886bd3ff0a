"""Real servers for tests: one PostgreSQL and, where Java is, one Kafka broker a test session.

Nothing is started before a test asks. Under pytest-xdist every worker starts its own: sound but slow,
so the suite is meant to run in one process.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    # Imported when used: the library must not need the deployment packages.
    from chuangpei_embedded.postgres import PostgresServer
    from chuangpei_kafka import KafkaBroker


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["PostgresServer"]:
    """A running PostgreSQL without fsync. Each test makes a database of its own in it."""
    from chuangpei_embedded.postgres import PostgresServer

    server = PostgresServer(tmp_path_factory.mktemp("postgres"), durable=False)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator["KafkaBroker"]:
    """A running broker, or the one that KAFKA_BOOTSTRAP_SERVERS names. Tests use topics of their own."""
    broker = startable_kafka_broker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.stop()


def startable_kafka_broker(folder: Path) -> "KafkaBroker":
    """A broker not started yet. Skips the test where none can run, or fails it under REQUIRE_KAFKA=1."""
    from chuangpei_kafka import FetchFailed, KafkaBroker, fetch_jars, java_available

    reason = java_available()
    if reason is None and not os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        try:
            fetch_jars()
        except FetchFailed as failure:
            reason = str(failure)
    if reason and os.environ.get("REQUIRE_KAFKA") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    return KafkaBroker(folder)
