"""The rooms of a class as they are recorded of its organiser's sites (场地; T05, T06)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chuangpei.database import Row, Transaction
from chuangpei.kernel.clock import civil_date

from training_svc.classes.training_class import Session
from training_svc.policy.facts import RoomFacts
from training_svc.sites import repository as sites


async def rooms_of(
    tx: Transaction, institution_id: UUID, sessions: Sequence[Session]
) -> tuple[RoomFacts, ...] | None:
    """The rooms named for the sessions, day by day; None where no site is recorded for these days.

    What is online needs no room. Where two sites have a room of the name, the larger one is meant.
    """
    days = [civil_date(one.hours.starts_at) for one in sessions]
    recorded = await sites.rooms_between(tx, institution_id, min(days), max(days)) if days else []
    if not recorded:
        return None
    named = {(one.room, day) for one, day in zip(sessions, days, strict=True) if not one.online}
    return tuple(_room(name, day, recorded) for name, day in sorted(named))


def _room(name: str, day: date, recorded: Sequence[Row]) -> RoomFacts:
    fitting = [row for row in recorded if row["name"] == name and _in_use(row, day)]
    if not fitting:
        return RoomFacts(name, day, None, None)
    largest = max(fitting, key=lambda row: int(row["area_m2"]))
    return RoomFacts(name, day, largest["area_m2"] * 100, largest["seats"])


def _in_use(row: Row, day: date) -> bool:
    return bool(row["starts_on"] <= day and (row["ends_on"] is None or day <= row["ends_on"]))
