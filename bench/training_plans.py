"""The plans of what ``growth.training_*`` asks PostgreSQL, as ``plans.md`` keeps them."""

import random
import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from chuangpei.database import Statement
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.paging import PageQuery
from training_svc.anomalies import sightings
from training_svc.classes import clashes
from training_svc.enrolments import hours, lists
from training_svc.service import Service
from training_svc.visibility import Reach

from bench import training_made as made
from bench.people import DISTRICT

_FILE = Path(__file__).with_name("plans.md")
_EXPLAIN = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF)"
_HEAD = """# Plans

What PostgreSQL does for the queries of `growth.training_*` beside {count:,} enrolments in {classes:,}
classes of {sessions} sessions, with {presences:,} presences: written by a full run of
`python -m bench --only training`. `rows` and `loops` are what was met, not what was estimated.
At 10,000 enrolments `services/training-svc/tests/test_plans.py` holds that none reads a large table whole.
"""
_OF_CLASS = 242
"""A class of the officer's district, somewhere among the rows."""
_SWEPT = 200
_LONG = re.compile(r"'\{([^,}]+),[^}]{200,}\}'")


class _Asked(NamedTuple):
    """One query as it is asked."""

    title: str
    statement: Statement
    values: dict[str, Any]


async def write(service: Service, count: int) -> None:
    """Writes the plans beside ``count`` enrolments; nothing stays of what the statements change."""
    head = _HEAD.format(
        count=count,
        classes=made.number_of(count),
        sessions=made.SESSIONS,
        presences=count * made.SESSIONS,
    )
    parts = [head]
    async with service.database.transaction() as tx:
        for asked in _queries(count):
            undone = tx.connection.transaction()
            await undone.start()
            explained = f"{_EXPLAIN} {asked.statement.sql}"
            lines = await tx.connection.fetch(explained, *asked.statement.arguments(asked.values))
            await undone.rollback()
            plan = _LONG.sub(r"'{\1,…}'", "\n".join(line[0] for line in lines))
            parts.append(f"## {asked.title}\n\n```\n{plan}\n```\n")
    _FILE.write_text("\n".join(parts), encoding="utf-8")


def _queries(count: int) -> Iterator[_Asked]:
    yield _listed("The withdrawn enrolments of a district, first page", state="withdrawn")
    yield _listed("The enrolments of a class, first page", class_id=made.class_id(_OF_CLASS))
    starts = _hours()
    taken = {"rooms": [made.room(_OF_CLASS)] * len(starts), "own": [], "class_id": made.class_id(_OF_CLASS)}
    taken |= {"starts": starts, "ends": [one + timedelta(hours=4) for one in starts]}
    of_institution = {"institution_id": made.institution_id(_OF_CLASS)}
    yield _Asked("Clash: rooms that are taken", clashes._TAKEN_ROOMS, taken | of_institution)
    teacher = {"person_keys": [f"teacher-{_OF_CLASS}"]}
    yield _Asked("Clash: instructors who teach elsewhere", clashes._TAKEN_INSTRUCTORS, taken | teacher)
    key = f"person-{_OF_CLASS // 2 + 100}/4"
    entering = {
        "enrolment_id": made.withdrawn_id(_OF_CLASS),
        "person_key": key,
        "class_id": made.class_id(_OF_CLASS),
    }
    yield _Asked("Clash: the hours of a trainee are taken or refused", hours._TAKE, entering)
    yield _Asked(
        "Clash: in which class a trainee sits", clashes._TAKEN_TRAINEES, taken | {"person_keys": [key]}
    )
    yield from _of_sweep(count)


def _hours() -> list[datetime]:
    first = datetime.combine(made.day_of(_OF_CLASS), time(8), SHANGHAI)
    return [first + timedelta(days=day, hours=hour) for day in (0, 1) for hour in (0, 5)]


def _listed(title: str, **filters: Any) -> _Asked:
    asked = lists.ALL.asked(PageQuery(), reach=Reach.DISTRICT, scope=DISTRICT, **filters)
    values = {f"of_{name}": value for name, value in filters.items()}
    return _Asked(title, lists.ALL.statement(asked), values | {"scope": DISTRICT, "most": 51})


def _of_sweep(count: int) -> Iterator[_Asked]:
    chosen = random.Random(3).sample(range(count), _SWEPT)  # noqa: S311  # a series that repeats
    presences = {"ids": [made.presence_id(one) for one in chosen], "minutes": [30] * _SWEPT}
    classes = [one // made.TRAINEES + 1 for one in chosen]
    for title, statement, values in (
        ("the presences", sightings._SIGHTINGS, presences),
        ("the same persons elsewhere", sightings._ELSEWHERE, presences),
        ("the same device for others", sightings._SAME_DEVICE, presences),
        ("corrections after completion", sightings._EDITS, presences),
        ("records in one minute", sightings._MINUTES, {"ids": [made.session_id(one) for one in classes]}),
        ("records by hand", sightings._SHARES, {"ids": [made.class_id(one) for one in classes]}),
    ):
        yield _Asked(f"Sweep of {_SWEPT} presences: {title}", statement, values)
