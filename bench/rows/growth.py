"""``growth.*``: what a request takes in the middle, beside many rows and beside few."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import cert_svc.app
import subsidy_svc.app
from chuangpei.auth import Role
from chuangpei.kernel.clock import SystemClock

from bench import claims_made, data
from bench import ours as our_services
from bench.ground import Ground, Server, serving
from bench.load import request
from bench.measure import Pairs, Row, Target
from bench.people import DISTRICT, Citizen, Wish, id_numbers

_MOST_ROUNDS = 5
_WARM_UP = 1
_FIRST_ID = 0x019A0000 << 96  # of claims_made


@dataclass(slots=True)
class _Side:
    """The two services on tables of one size, and the people whose rows lie all over them."""

    certificates: int
    cert: Server
    subsidy: Server
    people: list[Citizen]
    officer: str
    at_once: int
    rounds: int = 0

    async def by_number(self) -> float:
        """The public check of certificates drawn from all."""
        draw = random.Random(self.rounds)  # noqa: S311  # a series that repeats
        numbers = [draw.randint(1, self.certificates) for _ in range(self.at_once)]
        paths = [f"/cert/v1/certificates/{data.certificate_number(number)}" for number in numbers]
        return (await self.cert.drive([request("GET", path) for path in paths])).p50_ms

    async def by_person(self) -> float:
        """The windows of people, each signed in before."""
        self.rounds += 1
        looks = [self._signed("/subsidy/v1/windows", one.token) for one in self._turn()]
        await self.subsidy.drive(looks, counts=False)
        return (await self.subsidy.drive(looks)).p50_ms

    async def submit(self) -> float:
        """A claim of each of the people who looked just now."""
        wishes = [Wish(one, one.certificates[0]).request("/subsidy/v1/claims") for one in self._turn()]
        return (await self.subsidy.drive(wishes, expected=201)).p50_ms

    async def queue(self) -> float:
        """The first page of the officer's claims that were submitted."""
        page = self._signed("/subsidy/v1/claims?state=submitted", self.officer)
        return (await self.subsidy.drive([page] * (self.at_once // 2))).p50_ms

    async def review_queue(self) -> float:
        """The first page of what the district has to do, by due day."""
        page = self._signed("/subsidy/v1/review-queue?sort=due_on", self.officer)
        return (await self.subsidy.drive([page] * (self.at_once // 2))).p50_ms

    def _turn(self) -> Sequence[Citizen]:
        return self.people[(self.rounds - 1) * self.at_once : self.rounds * self.at_once]

    @staticmethod
    def _signed(path: str, token: str) -> bytes:
        return request("GET", path, {"authorization": f"Bearer {token}"})


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Four servers stand ready; each measurement goes to the large and the small in turn."""
    scale = ground.scale
    rounds = min(_MOST_ROUNDS, scale.rounds)
    async with AsyncExitStack() as stack:
        large = await _side(ground, stack, "large", scale.growth_large, rounds)
        small = await _side(ground, stack, "small", scale.growth_small, rounds)
        found: dict[str, Pairs] = {}
        for number in range(_WARM_UP + rounds):
            for name in _TITLES:
                sides = (large, small) if number % 2 else (small, large)
                taken = {id(side): await getattr(side, name)() for side in sides}
                if number >= _WARM_UP:
                    pairs = found.setdefault(name, Pairs([], []))
                    pairs.ours.append(taken[id(large)])
                    pairs.peer.append(taken[id(small)])
    for name, pairs in found.items():
        yield _row(ground, name, pairs)


_TITLES = {
    "by_number": "a certificate by its number",
    "by_person": "a person's windows",
    "submit": "a claim submitted, with its rules",
    "queue": "the first page of a district's submitted claims",
    "review_queue": "the first page of a district's review queue, by due day",
}


def _row(ground: Ground, name: str, pairs: Pairs) -> Row:
    scale = ground.scale
    return pairs.row(
        f"growth.{name}",
        "ms",
        Target("at most", 1.2),
        f"the same at {scale.growth_small:,} rows",
        f"p50 at 32 connections of {_TITLES[name]}, at {scale.growth_large:,} rows of each table that it"
        " meets; rows made by SQL, analysed",
    )


async def _side(ground: Ground, stack: AsyncExitStack, name: str, count: int, rounds: int) -> _Side:
    certs = await ground.database(f"bench_certs_{name}", cert_svc.app.MIGRATIONS)
    await data.add_certificates(certs, 1, count)
    claims = await ground.database(f"bench_claims_{name}", subsidy_svc.app.MIGRATIONS)
    people = await _people(ground, claims, count, ground.scale.growth_requests * (rounds + _WARM_UP))
    bus, key_file = await ground.bus_url(), str(ground.key_file)
    cert = await stack.enter_async_context(serving("bench.ours:cert", dsn=certs, bus=bus, key_file=key_file))
    subsidy = await stack.enter_async_context(
        serving("bench.ours:subsidy", dsn=claims, bus=bus, key_file=key_file)
    )
    officer = ground.issuer.token(Role.DISTRICT_OFFICER, district=DISTRICT, seconds=36_000)
    return _Side(count, cert, subsidy, people, officer, ground.scale.growth_requests)


async def _people(ground: Ground, dsn: str, count: int, persons: int) -> list[Citizen]:
    """Fills the tables; each of the people has one window, and nobody has claimed for it."""
    service = our_services.subsidy_service(dsn, dsn, str(ground.key_file))
    every, found = count // persons, []
    for place, number in enumerate(id_numbers(persons), 1):
        key = service.privacy.person_key(number)
        token = ground.issuer.token(Role.CITIZEN, subject=key[:24], id_number=number, seconds=36_000)
        found.append(Citizen(token, key, (UUID(int=_FIRST_ID | every * place),)))
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await claims_made.prepared(connection)
        keys, today = [one.person_key for one in found], SystemClock().today()
        await claims_made.add_windows(connection, service.privacy, count, every, keys, today)
        await claims_made.add_claims(connection, service.privacy, count, "submitted", none_at_every=every)
        await claims_made.add_places_and_audit(connection)
        await claims_made.settled(connection)
    finally:
        await connection.close(timeout=10)
    random.Random(2).shuffle(found)  # noqa: S311  # a series that repeats
    return found
