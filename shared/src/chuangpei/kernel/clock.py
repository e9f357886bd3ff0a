"""The one clock (时钟): every instant and every civil date of the platform comes from here.

Instants are aware and in UTC; civil dates (民用日期) are those of Asia/Shanghai (D11). No other module
asks the machine for the time.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_SECOND = timedelta(seconds=1)


class Clock(Protocol):
    """Tells the time to everything that asks for it."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """The present civil date in Asia/Shanghai."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The present civil date in Asia/Shanghai."""
        return civil_date(self.now())


class _Reading(NamedTuple):
    """The offset last read, and the state of the file it was read from."""

    signature: tuple[int, int, int] | None
    seconds: int


class DevelopmentClock:
    """Real time moved by whole seconds, shared by every process that names the same file.

    The file holds one integer, the offset in seconds; a missing file is an offset of 0. It is read again
    whenever it has changed, so a move in one process is seen by the others at their next question.

    The clock may be moved backwards. Then ``now()`` goes backwards too, and whatever was stored in
    between lies in the future: that is for stories played on a developer's machine, never for real data.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading = _Reading(None, 0)

    def now(self) -> datetime:
        """The present instant on the moved clock, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds())

    def today(self) -> date:
        """The present civil date in Asia/Shanghai on the moved clock."""
        return civil_date(self.now())

    def offset_seconds(self) -> int:
        """How many seconds this clock is ahead of the machine's; negative when behind.

        Raises ``ValueError`` when the file does not hold one integer.
        """
        try:
            status = self._path.stat()
            signature = (status.st_ino, status.st_mtime_ns, status.st_size)
            reading = self._reading
            if signature != reading.signature:
                # Taken before the text: a write in between only causes one more reading.
                self._reading = reading = _Reading(signature, self._read())
        except FileNotFoundError:
            return 0
        return reading.seconds

    def set_to(self, instant: datetime) -> None:
        """Make ``now()`` stand within the second that begins at ``instant`` (aware)."""
        _require_aware(instant)
        with self._locked():
            # Rounded up: the clock must not read a moment before the one asked for.
            self._write(-((datetime.now(UTC) - instant) // _SECOND))

    def move(self, seconds: int) -> None:
        """Move the clock by ``seconds``, forwards or (negative) backwards.

        Raises ``ValueError`` when the clock would leave the years a date can have.
        """
        with self._locked():
            self._write(self.offset_seconds() + seconds)

    def reset(self) -> None:
        """Return to the machine's own time."""
        with self._locked():
            self._path.unlink(missing_ok=True)

    def _read(self) -> int:
        text = self._path.read_text(encoding="ascii").strip()
        try:
            return int(text)
        except ValueError:
            raise ValueError(
                f"{self._path} must hold one whole number of seconds, not {text[:40]!r}"
            ) from None

    def _write(self, seconds: int) -> None:
        try:
            # Two days are kept free on either side, so that civil dates and ends of days exist as well.
            datetime.now(UTC) + timedelta(seconds=seconds) + timedelta(days=2 if seconds > 0 else -2)
        except OverflowError:
            raise ValueError(f"the clock cannot be moved by {seconds} seconds") from None
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name, suffix=".new")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{seconds}\n")
        Path(name).replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One mover at a time over all processes, so that no move is lost."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(self._path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def civil_date(instant: datetime) -> date:
    """The civil date in Asia/Shanghai at ``instant``, which must be aware (else ``ValueError``)."""
    _require_aware(instant)
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """The UTC instant at which the civil day ``day`` begins in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first UTC instant after the civil day ``day`` in Asia/Shanghai: the day itself is before it."""
    return start_of_day(day + timedelta(days=1))


def _require_aware(instant: datetime) -> None:
    if instant.utcoffset() is None:
        raise ValueError("an instant must carry its time zone")
