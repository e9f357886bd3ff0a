"""The bus on Kafka: aiokafka itself, without Kafka transactions (the outbox and the inbox do their work)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from chuangpei.bus.kafka_log import calm_aiokafka
from chuangpei.bus.kafka_publisher import AWAY, KafkaPublisher
from chuangpei.bus.kafka_subscription import KafkaSubscription
from chuangpei.bus.port import BusUnavailable


class KafkaBus:
    """A Kafka cluster.

    `timeout_seconds` bounds every call; `session_seconds` is how long a member may be silent before the
    others take its partitions over; `security` goes to aiokafka (security_protocol, ssl_context, sasl_...).
    """

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        timeout_seconds: float = 15.0,
        session_seconds: float = 10.0,
        security: Mapping[str, Any] | None = None,
    ) -> None:
        calm_aiokafka()
        self._timeout_seconds = timeout_seconds
        self._session_seconds = session_seconds
        self._connection: dict[str, Any] = {
            "bootstrap_servers": bootstrap_servers,
            "request_timeout_ms": int(timeout_seconds * 1000),
            **(security or {}),
        }

    def publisher(self) -> KafkaPublisher:
        return KafkaPublisher(self._connection, self._timeout_seconds)

    def subscription(self, group: str, topics: Sequence[str]) -> KafkaSubscription:
        member = {
            **self._connection,
            "group_id": group,
            "session_timeout_ms": int(self._session_seconds * 1000),
            "heartbeat_interval_ms": int(self._session_seconds * 1000 / 5),
        }
        return KafkaSubscription(member, tuple(topics), self._timeout_seconds)

    async def create_topics(self, topics: Sequence[str], partitions: int) -> None:
        """Make the missing topics, copied to three brokers where there are three. Raises BusUnavailable."""
        admin = AIOKafkaAdminClient(**self._connection)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await admin.start()
                await _create_topics(admin, topics, partitions)
        # aiokafka looks for the controller's number also while no controller is known.
        except (*AWAY, AttributeError) as error:
            raise BusUnavailable(f"Kafka did not create the topics: {error!r}") from error
        finally:
            await admin.close()

    async def close(self) -> None:
        """Nothing: each publisher and subscription has connections of its own."""


async def _create_topics(admin: AIOKafkaAdminClient, topics: Sequence[str], partitions: int) -> None:
    missing = set(topics) - set(await admin.list_topics())
    if missing:
        brokers = len((await admin.describe_cluster())["brokers"])
        copies = min(3, brokers)
        safe = {"min.insync.replicas": str(max(1, copies - 1))}
        new = [NewTopic(topic, partitions, copies, topic_configs=safe) for topic in sorted(missing)]
        answer = await admin.create_topics(new)
        for topic, code, *message in answer.topic_errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise for_code(code)(f"{topic}: {message}")
    while not await _all_led(admin, topics):  # noqa: ASYNC110 - only asking the broker tells
        await asyncio.sleep(0.02)


async def _all_led(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> bool:
    """Whether each partition of the topics has a leader: until then nothing can be published."""
    described = await admin.describe_topics(list(topics))
    return all(
        topic["error_code"] == 0 and all(place["error_code"] == 0 for place in topic["partitions"])
        for topic in described
    )
