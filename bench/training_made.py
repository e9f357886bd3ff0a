"""Classes, enrolments and attendance: one class made through the API of training-svc, then multiplied by SQL.

The class and the statements that multiply it are those of the service's own tests.
"""

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from uuid import UUID

import asyncpg
from chuangpei.development import DevelopmentIssuer

_TESTS = Path(__file__).parents[1] / "services" / "training-svc" / "tests"
_FIRST_ID = 0x019A0000 << 96  # of seed.sql
FIRST_DAY = date(2026, 3, 2)
"""The first day of the one class, in Asia/Shanghai; those made of it begin in the 200 days from then."""
TRAINEES, SESSIONS = 25, 2
"""How many there are of each in a class."""
INSTITUTIONS = 100
_SAME_HOURS = 200
_TAKE_THE_PLACE = """
UPDATE {} SET person_key = known.key FROM unnest($1::text[], $2::text[]) AS known(made, key)
WHERE person_key = known.made
"""
_SLOW = 900.0


def number_of(count: int) -> int:
    """How many classes ``count`` enrolments fill."""
    return count // TRAINEES


def class_id(number: int) -> UUID:
    """The id of a class, from 1."""
    return UUID(int=_FIRST_ID | number)


def session_id(number: int) -> UUID:
    """The id of the first session of a class."""
    return UUID(int=_FIRST_ID | number * 100 + 1)


def institution_id(number: int) -> UUID:
    """The id of the institution that holds a class."""
    return UUID(int=_FIRST_ID | number % INSTITUTIONS)


def credit_code(number: int) -> str:
    """The code of the institution that holds a class."""
    return f"code-{number % INSTITUTIONS}"


def withdrawn_id(number: int) -> UUID:
    """The id of the enrolment in a class that takes no hours: the first trainee has withdrawn."""
    return UUID(int=_FIRST_ID | number * 1000 + 1)


def room(number: int) -> str:
    """The room of a class."""
    return f"r{number}"


def day_of(number: int) -> date:
    """The first day of a class."""
    return FIRST_DAY + timedelta(days=number % _SAME_HOURS)


def presence_id(enrolment: int) -> UUID:
    """The id of the first presence of an enrolment, counted from 0."""
    of_class, trainee = divmod(enrolment, TRAINEES)
    return UUID(int=_FIRST_ID | ((of_class + 1) * 1000 + trainee + 1) * 100 + 1)


def people(count: int, classes: int) -> Iterator[tuple[str, int]]:
    """As many trainees who lie all over the rows: whom they are called, and a class at hours of theirs."""
    pairs = (classes - 1) // 2  # a person is in the classes 2n and 2n + 1
    for place in range(count):
        pair, trainee = 1 + place * pairs // count, 2 + place % (TRAINEES - 1)  # the first has withdrawn
        meets = 2 * pair + _SAME_HOURS
        yield f"person-{pair}/{trainee}", meets if meets <= classes else meets - 2 * _SAME_HOURS


async def fill(dsn: str, issuer: DevelopmentIssuer, count: int, known: Sequence[tuple[str, str]]) -> str:
    """Fills a migrated database with ``count`` enrolments; returns the id number of the one instructor.

    ``known`` are people whose person key takes the place of one that was made.
    """
    instructor = await _one_class(dsn, issuer)
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        for name, size in (("classes", number_of(count)), ("trainees", TRAINEES), ("sessions", SESSIONS)):
            await connection.execute("SELECT set_config('seed.' || $1, $2, false)", name, str(size))
        await connection.execute((_TESTS / "seed.sql").read_text(encoding="utf-8"), timeout=_SLOW)
        await connection.execute("VACUUM (ANALYZE)", timeout=_SLOW)
        made, keys = zip(*known, strict=True)
        for table in ("enrolments", "enrolment_hours"):
            await connection.execute(_TAKE_THE_PLACE.format(table), made, keys, timeout=_SLOW)
        await connection.execute("VACUUM (ANALYZE)", timeout=_SLOW)
        await connection.execute("CHECKPOINT", timeout=_SLOW)
    finally:
        await connection.close(timeout=10)
    return instructor


async def _one_class(dsn: str, issuer: DevelopmentIssuer) -> str:
    async with _tests().running(dsn, issuer) as world:
        institution = await world.qualified()
        body = await world.teachable(institution, world.class_body(institution))
        filed = await world.made("/classes", body, world.of_institution(institution))
        enrolled = await world.enrolled(institution, filed)
        await world.attended(institution, filed, enrolled, 1)
        return str(body["instructors"][0]["id_number"])


def _tests() -> ModuleType:
    """What the tests of training-svc tell it by; they are no package."""
    name = "training_svc_tests"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, _TESTS / "conftest.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
