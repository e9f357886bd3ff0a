"""Finds the Java that runs the broker and the Maven that fetches it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST_JAVA = 17
"""Kafka 4 brokers refuse to load on anything older."""


def java_program() -> Path | None:
    """`bin/java` below JAVA_HOME, else the `java` on the PATH, else None."""
    home = os.environ.get("JAVA_HOME")
    if home and (program := Path(home, "bin", "java")).is_file():
        return program
    found = shutil.which("java")
    return Path(found) if found else None


def maven_program() -> Path | None:
    """The `mvn` on the PATH, or None."""
    found = shutil.which("mvn")
    return Path(found) if found else None


def java_release(program: Path) -> int | None:
    """The feature release (8, 11, 17, 21 ...) of a Java, or None when it does not run."""
    try:
        answer = subprocess.run(  # noqa: S603 - the program was found by java_program
            [program, "-version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r'version "(\d+)(?:\.(\d+))?', answer.stderr + answer.stdout)
    if match is None:
        return None
    first, second = int(match[1]), int(match[2] or 0)
    return second if first == 1 else first
