"""``growth.training_*``: lists, clash checks and the sweep of training-svc, beside many rows and few."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import training_svc.app
from chuangpei.auth import Role
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.identifiers import new_id
from training_svc.anomalies.sweep import sweep
from training_svc.service import Service

from bench import training_made as made
from bench import training_plans
from bench.ground import Ground, Server, serving
from bench.load import request
from bench.measure import Pairs, Row, Target
from bench.ours import training_service
from bench.people import DISTRICT, id_numbers

_MOST_ROUNDS = 5
_WARM_UP = 1
_SWEPT, _SWEEPS = 200, 15
_RUNNING = 100
_LEAVE = "INSERT INTO attendance_unswept (attendance_id) SELECT unnest($1::uuid[])"
_REFUSED = 409
_TITLES = {
    "list": "the first page of the withdrawn enrolments of a district",
    "list_of_class": "the first page of a class's enrolments, asked by the district's officer",
    "clash": "a person enrolled who sits in another class at that time, refused with the reason",
    "clash_of_class": "a class filed in a room that is taken, refused with the reason",
    "sweep": f"the sweep of {_SWEPT} presences of the {_RUNNING} newest classes, in process, with its commit",
}


@dataclass(frozen=True, slots=True)
class _Person:
    """A trainee, and a class at the hours of another that they are in."""

    id_number: str
    wanted: int


@dataclass(slots=True)
class _Side:
    """The service on tables of one size."""

    enrolments: int
    server: Server
    service: Service
    people: list[_Person]
    instructor: str
    tokens: Callable[[int], str]
    officer: str
    at_once: int
    rounds: int = 0

    async def refuses_for_clashes(self) -> None:
        """Holds that what is measured as a refusal is one for a clash, and for nothing else."""
        for asked, reason in (
            (self._enrol(self.people[-1]), b"trainee_clash"),
            (self._file(7), b"class_clash"),
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.read(10_000)
            writer.close()
            assert reason in body, f"{head!r} {body!r}"

    async def list(self) -> float:
        """The officer's list with a filter: one in 25 has withdrawn."""
        self.rounds += 1
        page = self._get("/enrolments?state=withdrawn")
        return (await self.server.drive([page] * self.at_once)).p50_ms

    async def list_of_class(self) -> float:
        """The lists of classes of the officer's district, drawn from all."""
        paths = [f"/classes/{made.class_id(one)}/enrolments" for one in self._classes(of_district=True)]
        return (await self.server.drive([self._get(path) for path in paths])).p50_ms

    async def clash(self) -> float:
        """People who lie all over the rows, each asking for a class at hours that are taken."""
        turn = self.people[(self.rounds - 1) * self.at_once : self.rounds * self.at_once]
        asked = [self._enrol(one) for one in turn]
        return (await self.server.drive(asked, expected=_REFUSED)).p50_ms

    async def clash_of_class(self) -> float:
        """Classes to be filed in the rooms of classes drawn from all, at their hours."""
        asked = [self._file(number) for number in self._classes(of_district=False)]
        return (await self.server.drive(asked, expected=_REFUSED)).p50_ms

    async def sweep(self) -> float:
        """Presences of the classes that run now, the newest, as if just recorded."""
        draw, took = random.Random(self.rounds), []  # noqa: S311  # a series that repeats
        running = range(self.enrolments - _RUNNING * made.TRAINEES, self.enrolments)
        for _ in range(_SWEEPS):
            new = [made.presence_id(one) for one in draw.sample(running, _SWEPT)]
            async with self.service.database.transaction() as tx:
                await tx.connection.execute(_LEAVE, new)
            begun = time.perf_counter()
            async with self.service.database.transaction() as tx:
                swept = await sweep(tx, self.service, _SWEPT)
            took.append((time.perf_counter() - begun) * 1e3)
            assert swept == _SWEPT, f"{swept} presences swept"
        return median(took)

    def _classes(self, *, of_district: bool) -> Sequence[int]:
        draw = random.Random(self.rounds)  # noqa: S311  # a series that repeats
        every = range(2, made.number_of(self.enrolments), 4 if of_district else 1)  # 310115 has 2, 6, 10 …
        return draw.choices(every, k=self.at_once)

    def _get(self, path: str) -> bytes:
        return request("GET", f"/training/v1{path}", {"authorization": f"Bearer {self.officer}"})

    def _post(self, path: str, number: int, body: dict[str, object]) -> bytes:
        headers = {"authorization": f"Bearer {self.tokens(number)}", "idempotency-key": new_id().hex}
        return request("POST", f"/training/v1{path}", headers, json.dumps(body).encode())

    def _enrol(self, one: _Person) -> bytes:
        body: dict[str, object] = {"name": "张三丰", "id_number": one.id_number, "phone": "13800001234"}
        return self._post(f"/classes/{made.class_id(one.wanted)}/enrolments", one.wanted, body)

    def _file(self, number: int) -> bytes:
        first = made.day_of(number)
        hours = [(first + timedelta(days=day), hour) for day in (0, 1) for hour in (8, 13)]
        body: dict[str, object] = {
            "institution_id": str(made.institution_id(number)),
            "project_code": "IYB",
            "name": "第二期",
            "starts_on": first.isoformat(),
            "ends_on": (first + timedelta(days=1)).isoformat(),
            "capacity": 30,
            "sessions": [
                {
                    "starts_at": datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI).isoformat(),
                    "ends_at": datetime(day.year, day.month, day.day, hour + 4, tzinfo=SHANGHAI).isoformat(),
                    "room": made.room(number),
                }
                for day, hour in hours
            ],
            "instructors": [{"name": "李老师", "id_number": self.instructor}],
        }
        return self._post("/classes", number, body)


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Two servers stand ready; each measurement goes to the large and the small in turn."""
    scale = ground.scale
    rounds = min(_MOST_ROUNDS, scale.rounds)
    async with AsyncExitStack() as stack:
        small = await _side(ground, stack, "small", scale.growth_small, rounds)
        large = await _side(ground, stack, "large", scale.growth_large, rounds)
        for side in (small, large):
            await side.refuses_for_clashes()
        found = {name: Pairs([], []) for name in _TITLES}
        for number in range(_WARM_UP + rounds):
            for name, pairs in found.items():
                sides = (large, small) if number % 2 else (small, large)
                taken = {id(side): await getattr(side, name)() for side in sides}
                if number >= _WARM_UP:
                    pairs.ours.append(taken[id(large)])
                    pairs.peer.append(taken[id(small)])
        for name, pairs in found.items():
            yield _row(ground, name, pairs)
        if not scale.quick:
            await training_plans.write(large.service, scale.growth_large)


def _row(ground: Ground, name: str, pairs: Pairs) -> Row:
    scale = ground.scale
    how = "" if name == "sweep" else " at 32 connections"
    return pairs.row(
        f"growth.training_{name}",
        "ms",
        Target("at most", 1.2),
        f"the same at {scale.growth_small:,} enrolments",
        f"p50{how} of {_TITLES[name]}, at {scale.growth_large:,} enrolments in"
        f" {made.number_of(scale.growth_large):,} classes of {made.SESSIONS} sessions;"
        " rows made by SQL, analysed",
    )


async def _side(ground: Ground, stack: AsyncExitStack, name: str, count: int, rounds: int) -> _Side:
    dsn = await ground.database(f"bench_training_{name}", training_svc.app.MIGRATIONS)
    bus, key_file = await ground.bus_url(), str(ground.key_file)
    service = training_service(dsn, bus, key_file)
    at_once = ground.scale.growth_requests
    called = list(made.people(at_once * (rounds + _WARM_UP), made.number_of(count)))
    numbers = list(id_numbers(len(called)))
    known = [
        (name, service.privacy.person_key(number)) for (name, _), number in zip(called, numbers, strict=True)
    ]
    instructor = await made.fill(dsn, ground.issuer, count, known)
    server = await stack.enter_async_context(
        serving("bench.ours:training", dsn=dsn, bus=bus, key_file=key_file)
    )
    await service.database.open()
    stack.push_async_callback(service.database.close)
    people = [_Person(number, wanted) for number, (_, wanted) in zip(numbers, called, strict=True)]
    random.Random(2).shuffle(people)  # noqa: S311  # a series that repeats
    officer = ground.issuer.token(Role.DISTRICT_OFFICER, district=DISTRICT, seconds=36_000)
    return _Side(count, server, service, people, instructor, _tokens(ground), officer, at_once)


def _tokens(ground: Ground) -> Callable[[int], str]:
    """The tokens of the institutions, by the number of a class that one holds."""
    kept = [
        ground.issuer.token(Role.INSTITUTION, credit_code=made.credit_code(number), seconds=36_000)
        for number in range(made.INSTITUTIONS)
    ]
    return lambda number: kept[number % made.INSTITUTIONS]
