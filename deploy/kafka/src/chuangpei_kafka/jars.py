"""Fetches the jars of a pom from Maven Central, once; those of the broker into `.cache/kafka`."""

import fcntl
import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from chuangpei_kafka.java import maven_program

PACKAGE_FOLDER = Path(__file__).resolve().parents[2]
POM = PACKAGE_FOLDER / "pom.xml"
CACHE = PACKAGE_FOLDER.parents[1] / ".cache" / "kafka"
FETCH_SECONDS = 600


class FetchFailed(Exception):  # noqa: N818 - reads as the state it tells
    """Maven is missing, or could not bring the jars. The message ends with what it said."""


def jars_folder(pom: Path = POM, cache: Path = CACHE) -> Path:
    """Where the jars of this pom lie or will lie: named by its first version and the pom's content."""
    text = pom.read_text(encoding="utf-8")
    version = re.search(r"<[a-z0-9]+\.version>([^<]+)</", text)
    if version is None:
        raise FetchFailed(f"{pom} names no version.")
    return cache / f"{version[1]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def fetch_jars(pom: Path = POM, cache: Path = CACHE) -> Path:
    """The folder with the jars, filled first if need be. Raises FetchFailed.

    The folder appears whole or not at all, whoever is killed. Of several processes one fetches and the others
    wait.
    """
    folder = jars_folder(pom, cache)
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _fill(folder, pom)
    return folder


def _fill(folder: Path, pom: Path) -> None:
    for abandoned in folder.parent.glob("fetching-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix="fetching-", dir=folder.parent))
    try:
        _copy_dependencies(pom, unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _copy_dependencies(pom: Path, destination: Path) -> None:
    maven = maven_program()
    if maven is None:
        raise FetchFailed("Maven (mvn) is not installed.")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={destination}"]
    try:
        answer = subprocess.run(  # noqa: S603 - the program was found by maven_program
            [maven, "-q", "-B", "-f", pom, *goal],
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise FetchFailed(f"Maven brought no jars within {FETCH_SECONDS} seconds.") from late
    if answer.returncode != 0 or not any(destination.glob("*.jar")):
        raise FetchFailed(f"Maven could not fetch the jars: {(answer.stdout + answer.stderr)[-2000:]}")
