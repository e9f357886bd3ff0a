"""The plans of what ``growth.training_*`` asks PostgreSQL, as ``plans.md`` keeps them."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from chuangpei.kernel.clock import SHANGHAI
from chuangpei.paging import PageQuery
from training_svc.anomalies import sightings
from training_svc.classes import clashes
from training_svc.enrolments import hours, lists
from training_svc.service import Service
from training_svc.visibility import Reach

from bench import plans
from bench import training_made as made
from bench.people import DISTRICT
from bench.plans import Asked

_TITLE = "Plans of training-svc"
_HEAD = """What PostgreSQL does for the queries of `growth.training_*` beside {count:,} enrolments in
{classes:,} classes of {sessions} sessions, with {presences:,} presences: written by a full run of
`python -m bench --only training`. `rows` and `loops` are what was met, not what was estimated.
At 10,000 enrolments `services/training-svc/tests/test_plans.py` holds that none reads a large table whole.
"""
_OF_CLASS = 242
"""A class of the officer's district, somewhere among the rows."""
_SWEPT = 200


async def write(service: Service, count: int) -> None:
    """Writes the plans beside ``count`` enrolments; nothing stays of what the statements change."""
    head = _HEAD.format(
        count=count,
        classes=made.number_of(count),
        sessions=made.SESSIONS,
        presences=count * made.SESSIONS,
    )
    plans.write(_TITLE, f"{head}\n{await plans.explained(service.database, _queries(count))}")


def _queries(count: int) -> Iterator[Asked]:
    yield _listed("The withdrawn enrolments of a district, first page", state="withdrawn")
    yield _listed("The enrolments of a class, first page", class_id=made.class_id(_OF_CLASS))
    starts = _hours()
    taken = {"rooms": [made.room(_OF_CLASS)] * len(starts), "own": [], "class_id": made.class_id(_OF_CLASS)}
    taken |= {"starts": starts, "ends": [one + timedelta(hours=4) for one in starts]}
    of_institution = {"institution_id": made.institution_id(_OF_CLASS)}
    yield Asked("Clash: rooms that are taken", clashes._TAKEN_ROOMS, taken | of_institution)
    teacher = {"person_keys": [f"teacher-{_OF_CLASS}"]}
    yield Asked("Clash: instructors who teach elsewhere", clashes._TAKEN_INSTRUCTORS, taken | teacher)
    key = f"person-{_OF_CLASS // 2 + 100}/4"
    entering = {
        "enrolment_id": made.withdrawn_id(_OF_CLASS),
        "person_key": key,
        "class_id": made.class_id(_OF_CLASS),
    }
    yield Asked("Clash: the hours of a trainee are taken or refused", hours._TAKE, entering)
    yield Asked(
        "Clash: in which class a trainee sits", clashes._TAKEN_TRAINEES, taken | {"person_keys": [key]}
    )
    yield from _of_sweep(count)


def _hours() -> list[datetime]:
    first = datetime.combine(made.day_of(_OF_CLASS), time(8), SHANGHAI)
    return [first + timedelta(days=day, hours=hour) for day in (0, 1) for hour in (0, 5)]


def _listed(title: str, **filters: Any) -> Asked:
    asked = lists.ALL.asked(PageQuery(), reach=Reach.DISTRICT, scope=DISTRICT, **filters)
    values = {f"of_{name}": value for name, value in filters.items()}
    return Asked(title, lists.ALL.statement(asked), values | {"scope": DISTRICT, "most": 51})


def _of_sweep(count: int) -> Iterator[Asked]:
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
        yield Asked(f"Sweep of {_SWEPT} presences: {title}", statement, values)
