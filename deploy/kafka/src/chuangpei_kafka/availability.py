"""Says beforehand whether a broker can run on this machine, and if not, why."""

import os

from chuangpei_kafka.jars import jars_folder
from chuangpei_kafka.java import OLDEST_JAVA, java_program, java_release, maven_program


def java_available(*, jars_at_hand: bool = False) -> str | None:
    """None when a broker can be started here, otherwise the reason in one sentence.

    A broker named by KAFKA_BOOTSTRAP_SERVERS needs no Java. Maven is needed only until the jars are fetched,
    and not when the caller has them at hand.
    """
    if os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return None
    program = java_program()
    if program is None:
        return f"Java {OLDEST_JAVA} is not installed: neither JAVA_HOME nor the PATH leads to a java program."
    release = java_release(program)
    if release is None:
        return f"{program} does not run."
    if release < OLDEST_JAVA:
        return f"{program} is Java {release}; the Kafka broker needs Java {OLDEST_JAVA} or newer."
    if maven_program() is None and not jars_at_hand and not jars_folder().is_dir():
        return "Maven is not installed; the Kafka broker's jars are fetched with mvn the first time."
    return None
