"""Windows, claims and what belongs to them, made by the database itself: a million rows in a minute."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

import asyncpg
from chuangpei.privacy import Privacy
from subsidy_svc.claims.payee import Payee

from bench.people import DISTRICT
from bench.registries import BANK

_PAYEES = 1_000
_STRETCH = 100_000

_ID = "('019a0000' || lpad(to_hex({}), 24, '0'))::uuid"

_WINDOWS = f"""
INSERT INTO windows (certificate_id, certificate_number, person_key, masked_name, name_encrypted,
  id_number_encrypted, institution_credit_code, institution_name, district, project_code, project_name,
  class_id, class_started_on, evaluated_on, issued_on, last_day, last_day_provisional)
SELECT {_ID.format("i")}, 'SH2026H' || lpad(i::text, 11, '0'),
  coalesce(CASE WHEN i % $3 = 0 THEN ($4::text[])[i / $3] END, md5('person' || i) || md5('key' || i)),
  '张**', $5, $6, '52310115MJ8888888X', '浦东创业学院', '{DISTRICT}', 'P3', '创业初创期培训',
  md5('class' || i / 30)::uuid, $7::date - 50, $7::date - 21, $7::date - 20, $7::date + 300, false
FROM generate_series($1::bigint, $2::bigint) AS i
"""  # noqa: S608  # constants of this module

_CLAIMS = f"""
INSERT INTO claims (id, certificate_id, person_key, district, institution_credit_code, project_code,
  amount_fen, enterprise_credit_code, enterprise_name, channel, account_kind, account_masked,
  payee_encrypted, payee_digest, findings, within_years_on, policy_version, submitted_at, state, due_on,
  accepted_by, approved_by, notice_last_day, fund_year, version)
SELECT {_ID.format("i")}, {_ID.format("i")}, md5('person' || i) || md5('key' || i), '{DISTRICT}',
  '52310115MJ8888888X', 'P3', 180000, '91310115MA1K4XY10X', '上海申创科技有限公司', 'online',
  'social_security_card', '中国银行 ****4455', ($3::text[])[1 + i % {_PAYEES}], sha256(i::text::bytea),
  '[]', '{{}}', '2026-01-01', now(), $4::text,
  CASE WHEN $4::text = 'submitted' THEN DATE '2026-06-08' END,
  CASE WHEN $4::text <> 'submitted' THEN 'officer-a' END,
  CASE WHEN $4::text <> 'submitted' THEN 'officer-b' END,
  CASE WHEN $4::text <> 'submitted' THEN DATE '2026-05-20' END,
  CASE WHEN $4::text <> 'submitted' THEN 2026 END, 1
FROM generate_series($1::bigint, $2::bigint) AS i WHERE i % $5 <> 0
"""  # noqa: S608  # constants of this module

_BUDGET = f"""
INSERT INTO budgets (id, district, fund_line, fund_year, amount_fen, document_number, reason, set_at, set_by,
  version)
VALUES (gen_random_uuid(), '{DISTRICT}', 'stage_3_subsidy', 2026, 10::bigint ^ 15, 'x', 'x', now(), 'x', 1)
"""  # noqa: S608  # a constant of this module

_PLACES = """
INSERT INTO reservations (person_key, slot, project_code, claim_id)
SELECT person_key, 1, project_code, id FROM claims
"""

_INDEXES = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS made_by FROM pg_index AS i
WHERE i.indrelid = $1::text::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
"""

_AUDIT = """
INSERT INTO audit_log (at, actor, role, action, object_type, object_id, to_state, details)
SELECT submitted_at, left(person_key, 24), 'citizen', 'claim.submit', 'claim', id::text, 'submitted', '{}'
FROM claims
"""


def id_of(number: int) -> UUID:
    """The id of the certificate and of the claim with this number."""
    return UUID(int=0x019A0000 << 96 | number)


async def prepared(connection: asyncpg.Connection) -> None:
    """Lets this session write claims without their windows, and empty the tables that the law keeps."""
    await connection.execute("SET session_replication_role = replica")


@asynccontextmanager
async def without_indexes(connection: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """Makes the table's indexes anew after the block: for ten million rows that is much quicker."""
    found = await connection.fetch(_INDEXES, table, timeout=10)
    for row in found:
        await connection.execute(f"DROP INDEX {row['name']}", timeout=60)
    yield
    for row in found:
        await connection.execute(row["made_by"], timeout=600)


async def add_windows(
    connection: asyncpg.Connection, privacy: Privacy, count: int, every: int, persons: Sequence[str], on: date
) -> None:
    """Windows 1 to ``count``; each ``every``-th is one of the ``persons``, so that they lie all over."""
    name = privacy.in_events.encrypt("张三丰", "event.name")
    number = privacy.in_events.encrypt("310101196001010013", "event.id_number")
    for begin in range(1, count + 1, _STRETCH):
        end = min(count, begin + _STRETCH - 1)
        await connection.execute(_WINDOWS, begin, end, every, list(persons), name, number, on, timeout=300)


async def add_claims(
    connection: asyncpg.Connection, privacy: Privacy, count: int, state: str, *, none_at_every: int
) -> None:
    """Claims 1 to ``count``, to a thousand different sealed payees; none for each ``none_at_every``-th."""
    payees = [Payee("张三丰", BANK, f"6222021{number:012d}").sealed(privacy) for number in range(_PAYEES)]
    for begin in range(1, count + 1, _STRETCH):
        end = min(count, begin + _STRETCH - 1)
        await connection.execute(_CLAIMS, begin, end, payees, state, none_at_every, timeout=300)


async def add_budget(connection: asyncpg.Connection) -> None:
    """A budget for all that is ever sealed."""
    await connection.execute(_BUDGET, timeout=60)


async def add_places_and_audit(connection: asyncpg.Connection) -> None:
    """The place and the audit row of each claim."""
    await connection.execute(_PLACES, timeout=600)
    await connection.execute(_AUDIT, timeout=600)


async def settled(connection: asyncpg.Connection) -> None:
    """Fresh statistics, a fresh checkpoint."""
    await connection.execute("VACUUM (ANALYZE)", timeout=900)
    await connection.execute("CHECKPOINT", timeout=600)
