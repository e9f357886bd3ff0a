"""A real single-node Kafka broker for tests and the demo (KRaft, loopback only), not for production."""

from chuangpei_kafka.availability import java_available
from chuangpei_kafka.broker import BrokerFailed, KafkaBroker
from chuangpei_kafka.jars import FetchFailed, fetch_jars

__all__ = ["BrokerFailed", "FetchFailed", "KafkaBroker", "fetch_jars", "java_available"]
