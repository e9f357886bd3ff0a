"""``http.claim_submit_vs_pgbench`` and ``http.claim_approve_vs_pgbench``: requests against bare SQL."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import subsidy_svc.app
from chuangpei.auth import Principal, Role
from chuangpei.database import Database, Row, Statement
from chuangpei.errors import accepted
from chuangpei.kernel.clock import SystemClock
from subsidy_svc.claims.decisions import approve
from subsidy_svc.claims.gathering import ChosenAccount
from subsidy_svc.claims.origin import Channel, Origin
from subsidy_svc.claims.schemas import ClaimView
from subsidy_svc.claims.submit import prepare, submit
from subsidy_svc.policy.facts import AccountKind
from subsidy_svc.service import Service

from bench import claims_made
from bench import ours as our_services
from bench.ground import Ground, Server, serving
from bench.load import request
from bench.measure import Pairs, in_turn
from bench.measure import Row as Measured
from bench.peers import pgbench
from bench.people import DISTRICT
from bench.registries import FIRM
from bench.rows.claim_submit import claimants

_NEVER = 2_000_000_000
_OF_PGBENCH = 4
"""pgbench is so much quicker that it gets more to do in each round."""
_APPROVER = "officer-b"
_ACCEPTED = "UPDATE claims SET state = 'accepted', accepted_by = 'officer-a'"
_PERSON = "md5('person' || :n) || md5('key' || :n)"
_CERTIFICATE = pgbench.numbered("019a0000")
_CLAIM = pgbench.numbered("019b0000")


async def rows(ground: Ground) -> AsyncIterator[Measured]:
    """Each row has two databases of the same content, one for each side."""
    yield await _submitting(ground)
    yield await _approving(ground)


async def _submitting(ground: Ground) -> Measured:
    rounds = ground.scale.rounds
    dsn = await ground.database("bench_submitted", subsidy_svc.app.MIGRATIONS)
    bare = await ground.database("bench_submitted_bare", subsidy_svc.app.MIGRATIONS)
    bus = await ground.bus_url()
    service = our_services.subsidy_service(bare, bare, str(ground.key_file))
    async with (
        serving("bench.ours:subsidy", dsn=dsn, bus=bus, key_file=str(ground.key_file)) as server,
        _prepared(bare) as connection,
    ):
        ours = await claimants(ground, server, dsn, "/subsidy/v1/claims", signs_in=True, rounds=rounds)
        peer = _Bare(bare, ground.folder / "submit.sql", ground.scale.submissions * _OF_PGBENCH)
        count = peer.most(rounds) + 1
        today = SystemClock().today()
        await claims_made.add_windows(connection, service.privacy, count, _NEVER, [], today)
        await claims_made.settled(connection)
        await peer.learn(connection, *await _submission(service, connection, count))
        pairs = await _measured(ours.submit, peer, server, rounds)
    return _row("http.claim_submit_vs_pgbench", "claims/s", pairs, server)


async def _approving(ground: Ground) -> Measured:
    rounds, most = ground.scale.rounds, ground.scale.submissions
    dsn = await ground.database("bench_approved", subsidy_svc.app.MIGRATIONS)
    bare = await ground.database("bench_approved_bare", subsidy_svc.app.MIGRATIONS)
    bus = await ground.bus_url()
    service = our_services.subsidy_service(bare, bare, str(ground.key_file))
    peer = _Bare(bare, ground.folder / "approve.sql", most * _OF_PGBENCH)
    for one, count in ((dsn, most * (rounds + 1)), (bare, peer.most(rounds) + 1)):
        async with _prepared(one) as connection:
            await _accepted_claims(connection, service, count)
    token = ground.issuer.token(Role.DISTRICT_OFFICER, subject=_APPROVER, district=DISTRICT, seconds=36_000)
    turns = iter(range(rounds + 1))
    async with (
        serving("bench.ours:subsidy", dsn=dsn, bus=bus, key_file=str(ground.key_file)) as server,
        _prepared(bare) as connection,
    ):
        await peer.learn(connection, *await _approval(service, peer.most(rounds) + 1))

        async def ours() -> float:
            first = next(turns) * most
            return (await server.drive([_approve(first + one + 1, token) for one in range(most)])).per_second

        pairs = await _measured(ours, peer, server, rounds)
    return _row("http.claim_approve_vs_pgbench", "approvals/s", pairs, server)


class _Bare:
    """pgbench on its database, stretch by stretch."""

    def __init__(self, dsn: str, file: Path, at_once: int) -> None:
        self._dsn = dsn
        self._file = file
        self._each = -(-at_once // pgbench.CLIENTS)
        self._turns = 0

    def most(self, rounds: int) -> int:
        """How many transactions the rounds and the warm-up take."""
        return self._each * pgbench.CLIENTS * (rounds + 1)

    async def learn(
        self, connection: asyncpg.Connection, asked: pgbench.Asked, own: Mapping[object, str]
    ) -> None:
        """Writes the script."""
        self._file.write_text(await pgbench.script(connection, asked, own), encoding="utf-8")

    async def run(self) -> float:
        """Transactions a second of the next stretch."""
        first = self._turns * self._each * pgbench.CLIENTS
        self._turns += 1
        return await pgbench.per_second(self._dsn, self._file, first=first, each=self._each)


async def _measured(ours: Any, peer: _Bare, server: Server, rounds: int) -> Pairs:
    await in_turn(ours, peer.run, 1)
    server.forget()
    return await in_turn(ours, peer.run, rounds)


def _row(name: str, unit: str, pairs: Pairs, server: Server) -> Measured:
    return pairs.row(
        name,
        unit,
        None,
        f"pgbench, the same statements prepared, {pgbench.CLIENTS} clients: no HTTP, sign-in or rules",
        f"32 connections to one server process; processor time a request {server.microseconds:.0f} µs",
    )


@asynccontextmanager
async def _prepared(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await claims_made.prepared(connection)
        yield connection
    finally:
        await connection.close(timeout=10)


async def _accepted_claims(connection: asyncpg.Connection, service: Service, count: int) -> None:
    today = SystemClock().today()
    await claims_made.add_windows(connection, service.privacy, count, _NEVER, [], today)
    await claims_made.add_claims(connection, service.privacy, count, "submitted", none_at_every=_NEVER)
    await claims_made.add_places_and_audit(connection)
    await connection.execute(_ACCEPTED, timeout=300)
    await claims_made.settled(connection)


def _approve(number: int, token: str) -> bytes:
    path = f"/subsidy/v1/claims/{claims_made.id_of(number)}/approve"
    return request("POST", path, {"authorization": f"Bearer {token}", "if-match": '"1"'})


class _WrittenDown(Database):
    """A database that keeps what single statements were asked of it."""

    asked: list[tuple[str, list[Any]]]

    async def row(self, statement: Statement, values: Mapping[str, Any]) -> Row | None:
        """Also written down."""
        self.asked.append((statement.sql, statement.arguments(values)))
        return await super().row(statement, values)


async def _submission(
    service: Service, connection: asyncpg.Connection, number: int
) -> tuple[pgbench.Asked, Mapping[object, str]]:
    """What one submission asks of PostgreSQL, and what of it is the claimant's own."""
    database = _WrittenDown(service.database.dsn)
    database.asked = []
    certificate = claims_made.id_of(number)
    person = await connection.fetchval(
        "SELECT person_key FROM windows WHERE certificate_id = $1", certificate, timeout=10
    )
    principal = Principal(person[:24], Role.CITIZEN, person_key=person)
    answer_key = "f" * 32
    await database.open()
    try:
        watched = replace(service, database=database)
        card = ChosenAccount(AccountKind.SOCIAL_SECURITY_CARD)
        prepared = accepted(await prepare(watched, person, certificate, FIRM, card))
        view = accepted(
            await submit(
                watched,
                principal,
                prepared,
                Origin(Channel.ONLINE),
                lambda view: _answer(principal, answer_key, view),
            )
        )
    finally:
        await database.close()
    own: dict[object, str] = {certificate: _CERTIFICATE, person: _PERSON, person[:24]: f"left({_PERSON}, 24)"}
    own |= {view.id: _CLAIM, str(view.id): f"{_CLAIM}::text", answer_key: "md5('answer' || :n)"}
    return database.asked, own


def _answer(principal: Principal, key: str, view: ClaimView) -> dict[str, Any]:
    return {
        "principal": principal.subject,
        "key": key,
        "fingerprint": bytes(32),
        "status": 201,
        "headers": {"etag": '"1"'},
        "body": view.model_dump_json().encode(),
    }


async def _approval(service: Service, number: int) -> tuple[pgbench.Asked, Mapping[object, str]]:
    """What one approval asks of PostgreSQL, written down while it is done and then undone."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    claim: UUID = claims_made.id_of(number)
    officer = Principal(_APPROVER, Role.DISTRICT_OFFICER, district=DISTRICT)
    await service.database.open()
    try:
        async with service.database.transaction() as tx:
            undone = tx.connection.transaction()
            await undone.start()
            with tx.connection.query_logger(lambda query: found.append((query.query, tuple(query.args)))):
                accepted(await approve(tx, service, officer, claim, 1))
            await undone.rollback()
    finally:
        await service.database.close()
    return found, {claim: _CERTIFICATE, str(claim): f"{_CERTIFICATE}::text"}
