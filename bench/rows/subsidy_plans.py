"""The plans of the lists of subsidy-svc beside a million rows each: no figure, but a part of plans.md."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import subsidy_svc.app
from chuangpei.kernel.clock import SystemClock
from chuangpei.listing import Listing
from chuangpei.paging import PageQuery
from subsidy_svc.access import Reach
from subsidy_svc.claims import repository as claims
from subsidy_svc.ledger import repository as ledger
from subsidy_svc.payments import repository as payments
from subsidy_svc.recoveries import repository as recoveries

from bench import claims_made, plans
from bench.ground import Ground
from bench.measure import Row
from bench.ours import subsidy_service
from bench.people import DISTRICT
from bench.plans import Asked

_NEVER = 2_000_000_000
_TITLE = "Plans of subsidy-svc"
_HEAD = """What PostgreSQL does for the first page of the lists of subsidy-svc beside {count:,} claims of one
district, of which 14 in 20 were paid in one batch, with as many ledger entries and recoveries: written by a
full run of `python -m bench --only subsidy_plans`. `rows` and `loops` are what was met, not estimated.
"""
_BATCH = UUID(int=0x019C0000 << 96)
_PLACE = "('x' || right(id::text, 7))::bit(28)::integer % 20"
_SPREAD = f"""
UPDATE claims SET (state, due_on, accepted_by, approved_by, notice_last_day, fund_year) = (
  SELECT named.state, CASE WHEN place < 3 THEN claims.due_on + place * 9 END,
    CASE WHEN place <> 0 THEN 'officer-a' END, CASE WHEN place > 2 THEN 'officer-b' END,
    CASE WHEN place > 2 THEN claims.due_on END, CASE WHEN place > 2 THEN 2026 END
  FROM (SELECT place, coalesce(('{{submitted,accepted,supplement_asked,noticed,cleared,withdrawn}}'::text[])
    [place + 1], 'paid') AS state FROM (SELECT {_PLACE} AS place) AS placed) AS named)
"""  # noqa: S608  # constants of this module
_BATCHES = f"""
INSERT INTO payment_batches (id, number, district, state, drafted_at, lines, total_fen, sha256, sealed_at,
  exported_at, version)
SELECT ('019c0000' || lpad(to_hex(i), 24, '0'))::uuid, '{DISTRICT}-' || i, '{DISTRICT}', 'settled', now(), 1,
  1, 'x', now(), now(), 1
FROM generate_series(0, $1 / 1000) AS i
"""  # noqa: S608  # a constant of this module
_LINES = """
INSERT INTO payment_lines (batch_id, line_no, claim_id, amount_fen, fund_year, payee_encrypted, payee_digest,
  approved_by, status)
SELECT $1, row_number() OVER (ORDER BY id), id, amount_fen, fund_year, payee_encrypted, payee_digest,
  approved_by, CASE WHEN right(id::text, 3) = '000' THEN 'failed' ELSE 'settled' END
FROM claims WHERE state = 'paid'
"""
_ENTRIES = """
INSERT INTO ledger_entries (posted_at, posted_on, posted_by, occasion, district, fund_line, fund_year, debit,
  credit, amount_fen, claims, claim_id)
SELECT now(), CURRENT_DATE, 'officer-b', CASE WHEN released THEN 'release' ELSE 'commit' END, district,
  'stage_3_subsidy', 2026, CASE WHEN released THEN 'available' ELSE 'committed' END,
  CASE WHEN released THEN 'committed' ELSE 'available' END, amount_fen, 1, id
FROM (SELECT *, right(id::text, 3) = '000' AS released FROM claims) AS c
"""
_RECOVERIES = f"""
INSERT INTO recoveries (id, claim_id, certificate_id, person_key, masked_name, district, amount_fen,
  fund_year, cause, opened_on, state, received_fen, demand_document, demanded_on, due_on)
SELECT id, id, certificate_id, person_key, '张**', district, amount_fen, 2026, 'certificate_revoked',
  CURRENT_DATE - {_PLACE}, CASE {_PLACE} WHEN 0 THEN 'open' WHEN 1 THEN 'demanded' ELSE 'recovered' END,
  CASE WHEN {_PLACE} < 2 THEN 0 ELSE amount_fen END, 'x', CURRENT_DATE, CURRENT_DATE - 10
FROM claims
"""  # noqa: S608  # a constant of this module


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Yields none: a quick run asks for the plans and drops them."""
    count = ground.scale.growth_large
    dsn = await ground.database("bench_lists", subsidy_svc.app.MIGRATIONS)
    service = subsidy_service(dsn, dsn, str(ground.key_file))
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        await claims_made.prepared(connection)
        today = SystemClock().today()
        await claims_made.add_windows(connection, service.privacy, count, _NEVER, [], today)
        await claims_made.add_claims(connection, service.privacy, count, "submitted", none_at_every=_NEVER)
        await connection.execute(_SPREAD, timeout=900)
        await connection.execute(_BATCHES, count, timeout=60)
        await connection.execute(_LINES, _BATCH, timeout=600)
        for statement in (_ENTRIES, _RECOVERIES):
            await connection.execute(statement, timeout=600)
        await claims_made.settled(connection)
    finally:
        await connection.close(timeout=10)
    await service.database.open()
    try:
        found = await plans.explained(service.database, _queries())
    finally:
        await service.database.close()
    if not ground.scale.quick:
        plans.write(_TITLE, f"{_HEAD.format(count=count)}\n{found}")
    nothing: tuple[Row, ...] = ()
    for row in nothing:
        yield row


def _queries() -> Iterator[Asked]:
    yield _listed("The newest claims of a district", claims.LIST, sort="-id")
    yield _listed("The claims that were withdrawn", claims.LIST, state="withdrawn")
    yield _listed("The claims that are in a batch", claims.LIST, state="batched")
    yield _listed("The review queue by due day", claims.QUEUE, sort="due_on")
    yield _listed("The review queue: what awaits approval", claims.QUEUE, sort="due_on", state="accepted")
    yield _listed("The lines of a batch", payments.LINES, office=False, batch_id=_BATCH)
    yield _listed(
        "The failed lines of a batch", payments.LINES, office=False, batch_id=_BATCH, status="failed"
    )
    yield _listed("The newest batches of a district", payments.LIST, sort="-id")
    yield _listed("The newest ledger entries of a district", ledger.LIST, sort="-id")
    yield _listed("The ledger entries by day", ledger.LIST, sort="-posted_on")
    yield _listed("The ledger entries of an occasion", ledger.LIST, occasion="release")
    yield _listed("The ledger entries of a claim", ledger.LIST, claim_id=claims_made.id_of(77))
    yield _listed("The newest recoveries of a district", recoveries.LIST, sort="-id")
    yield _listed("The recoveries by the day they were opened", recoveries.LIST, sort="-opened_on")
    yield _listed("The recoveries that nobody has demanded yet", recoveries.LIST, state="open")
    yield _listed("The recoveries that are overdue", recoveries.LIST, overdue=True)


def _listed(title: str, listing: Listing, *, office: bool = True, sort: str = "", **filters: Any) -> Asked:
    reach = Reach.DISTRICT if office else None
    asked = listing.asked(PageQuery(), reach=reach, scope=DISTRICT, sort=sort or None, **filters)
    values = {f"of_{name}": value for name, value in filters.items()}
    values |= {"scope": DISTRICT, "most": 51, "today": SystemClock().today()}
    return Asked(title, listing.statement(asked), values)
