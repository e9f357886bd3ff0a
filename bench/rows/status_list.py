"""``cert.status_list``: a status list of a million places, built and signed anew."""

import gc
import gzip
import time
from collections.abc import AsyncIterator

import asyncpg
import cert_svc.app
from cert_svc.credentials.publication import StatusLists
from cert_svc.credentials.repository import LIST_ENTRIES
from cert_svc.service import Service

from bench import ours as our_services
from bench.ground import Ground
from bench.measure import Row, Target, in_turn

_ONE_IN = 10
"""One certificate in so many was revoked, all over the list: many more than ever will."""
_SLOW = 300.0
# Half of the places are taken. No trigger and no foreign key is checked: the certificates are not asked for.
_FILL = """
SET session_replication_role = replica;
INSERT INTO credentials (id, certificate_id, status_list, status_index, key_id, signed_at, document_encrypted,
    withdrawn_at)
  SELECT gen_random_uuid(), gen_random_uuid(), (SELECT max(number) FROM status_lists), place, 'key', now(),
    repeat('x', 3000), CASE WHEN hashint4(place) % {one_in} = 0 THEN now() END
  FROM generate_series(0, {entries} - 1, 2) AS place;
SET session_replication_role = origin;
"""
_WITHDRAWN = "SELECT status_index FROM credentials WHERE status_list = $1 AND withdrawn_at IS NOT NULL"


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """The list as it is built when nothing of it is known; the peer only reads, sets the bits and packs."""
    dsn = await ground.database("bench_status_list", cert_svc.app.MIGRATIONS)
    service = our_services.cert_service(dsn, await ground.bus_url(), str(ground.key_file))
    await service.database.open()
    bare = await asyncpg.connect(dsn, timeout=10, server_settings={"jit": "off"})
    try:
        await bare.execute(_FILL.format(one_in=_ONE_IN, entries=LIST_ENTRIES), timeout=_SLOW)
        await bare.execute("VACUUM (ANALYZE) credentials", timeout=_SLOW)
        number = await bare.fetchval("SELECT max(number) FROM status_lists")

        async def ours() -> float:
            return await _seconds_to_publish(service, number)

        async def peer() -> float:
            return await _seconds_to_pack(bare, number)

        await in_turn(ours, peer, 1)
        pairs = await in_turn(ours, peer, ground.scale.rounds)
        yield pairs.row(
            "cert.status_list",
            "s",
            Target("at most", 1.5),
            "the same places read by bare asyncpg, their bits set and packed by gzip, unsigned",
            f"{LIST_ENTRIES:,} places, half of them taken, one certificate in {_ONE_IN} revoked,"
            " until the list is signed; to be done within a second",
        )
    finally:
        await bare.close(timeout=10)
        await service.database.close()


async def _seconds_to_publish(service: Service, number: int) -> float:
    gc.collect()  # else one of the two in turn pays for the rows of both
    begun = time.perf_counter()
    published = await StatusLists(service.issuer, service.clock).current(service.database, number)
    seconds = time.perf_counter() - begun
    assert published is not None
    assert published["proof"]
    return seconds


async def _seconds_to_pack(bare: asyncpg.Connection, number: int) -> float:
    gc.collect()
    begun = time.perf_counter()
    bits = bytearray(LIST_ENTRIES // 8)
    for (place,) in await bare.fetch(_WITHDRAWN, number):
        bits[place >> 3] |= 0x80 >> (place & 7)
    gzip.compress(bytes(bits), 9, mtime=0)
    return time.perf_counter() - begun
