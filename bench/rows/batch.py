"""``subsidy.batch`` and ``subsidy.batch_opened``: every cleared claim of a district sealed and exported."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import subsidy_svc.app
from chuangpei.auth import Principal, Role
from chuangpei.kernel.identifiers import new_id
from subsidy_svc.claims.payee import PURPOSE
from subsidy_svc.payments import use_cases
from subsidy_svc.payments.batch import Batch
from subsidy_svc.payments.export import bank_file
from subsidy_svc.payments.schemas import BatchView
from subsidy_svc.service import Service

from bench import claims_made
from bench.ground import Ground
from bench.measure import Measured, Row, Target, in_turn
from bench.ours import subsidy_service
from bench.peers import batch as peer
from bench.people import DISTRICT

_OFFICER = Principal("officer-c", Role.DISTRICT_OFFICER, district=DISTRICT)
_CITY = Principal("city-a", Role.CITY_CENTRE)
_EMPTY = """
TRUNCATE payment_lines, payment_batches, payment_batch_approvers, bank_results, outbox, audit_log,
  clear_lines, sealed_lines CASCADE
"""
_NEVER = 2_000_000_000
_MOST_ROUNDS = 3


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Ours goes its whole road: draft, seal, hand over, receive, export; each step its own transaction."""
    count = ground.scale.batch_claims
    dsn = await ground.database("bench_batch", subsidy_svc.app.MIGRATIONS)
    service = subsidy_service(dsn, dsn, str(ground.key_file))
    await service.database.open()
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await claims_made.prepared(connection)
        await claims_made.add_claims(connection, service.privacy, count, "cleared", none_at_every=_NEVER)
        await claims_made.add_budget(connection)
        await connection.execute(peer.TABLES, timeout=600)
        await claims_made.settled(connection)
        async for row in _measured(ground, service, connection, count):
            yield row
    finally:
        await connection.close(timeout=10)
        await service.database.close()


async def _measured(
    ground: Ground, service: Service, connection: asyncpg.Connection, count: int
) -> AsyncIterator[Row]:
    ours_file, peer_file = ground.folder / "ours.csv", ground.folder / "peer.csv"
    key = bytes(range(32))  # of chuangpei.testing.settings

    async def seconds(act: Callable[[], Awaitable[None]], file: Path) -> float:
        await connection.execute(_EMPTY, timeout=60)
        await connection.execute("CHECKPOINT", timeout=300)
        begun = time.perf_counter()
        await act()
        took = time.perf_counter() - begun
        with file.open("rb") as written:
            lines = sum(1 for _ in written)
        assert lines - count in (0, 1), f"{lines} lines of {count} claims"
        return took

    def of_peer(act: Callable[[], Awaitable[None]]) -> Measured:
        return lambda: seconds(act, peer_file)

    in_clear = of_peer(lambda: peer.in_clear(connection, new_id(), DISTRICT, peer_file))
    opened = of_peer(lambda: peer.opened(connection, new_id(), DISTRICT, key, PURPOSE.encode(), peer_file))

    async def ours() -> float:
        return await seconds(lambda: _exported(service, ours_file), ours_file)

    for name, by_hand, against, note in (
        (
            "subsidy.batch",
            in_clear,
            "bare INSERT … SELECT and COPY of account numbers that lie in clear",
            "ours opens each sealed account and checks the control totals twice",
        ),
        (
            "subsidy.batch_opened",
            opened,
            "bare INSERT … SELECT, COPY, and a loop that opens the same sealed accounts",
            "the peer makes no control totals, events or audit rows",
        ),
    ):
        await in_turn(ours, by_hand, 1)
        pairs = await in_turn(ours, by_hand, min(_MOST_ROUNDS, ground.scale.rounds))
        yield pairs.row(name, "s", Target("at most", 1.3), against, f"{count:,} cleared claims; {note}")


async def _exported(service: Service, file: Path) -> None:
    database = service.database
    async with database.transaction() as tx:
        view = _taken(await use_cases.draft(tx, service, _OFFICER))
    for step, who in (
        (use_cases.seal, _OFFICER),
        (use_cases.hand_over, _OFFICER),
        (use_cases.receive, _CITY),
    ):
        async with database.transaction() as tx:
            view = _taken(await step(tx, service, who, view.id, view.version))
    async with database.transaction() as tx:
        batch = await use_cases.export(tx, service, _CITY, view.id)
    assert isinstance(batch, Batch), batch
    with file.open("wb") as out:
        async for piece in bank_file(database, service.privacy, batch):
            out.write(piece)


def _taken(view: object) -> BatchView:
    assert isinstance(view, BatchView), view
    return view
