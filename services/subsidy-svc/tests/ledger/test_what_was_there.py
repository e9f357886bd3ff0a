"""Claims decided and paid before there was a ledger are in it after the migration, to the fen (O04)."""

import shutil

import asyncpg
from chuangpei.migrations import upgrade
from subsidy_svc.app import MIGRATIONS
from subsidy_svc.reconciliations import comparison

BEFORE_THE_LEDGER = 6
SUBSIDY = 180_000
STATES = {
    1: "submitted",
    2: "noticed",
    3: "cleared",
    4: "cleared",
    5: "paid",
    6: "payment_failed",
    7: "stopped",
    8: "withdrawn",
}
LINES = {
    3: ("a", "pending"),
    4: ("b", "pending"),
    5: ("b", "settled"),
    6: ("b", "failed"),
    7: ("b", "held_out"),
}
WINDOW = """
INSERT INTO windows (certificate_id, certificate_number, person_key, masked_name, name_encrypted,
    id_number_encrypted, institution_credit_code, institution_name, district, project_code, project_name,
    class_id, class_started_on, issued_on, last_day, last_day_provisional)
VALUES ($1, 'SH' || $2, $2, '张*', '', '', 'x', '学院', '310115', 'P', '项目', $1, '2026-05-01', '2026-05-20',
    '2027-05-20', true)
"""
CLAIM = """
INSERT INTO claims (id, certificate_id, person_key, district, institution_credit_code, project_code,
    amount_fen, enterprise_credit_code, enterprise_name, channel, account_kind, account_masked,
    payee_encrypted, payee_digest, findings, within_years_on, policy_version, submitted_at, state,
    approved_by, notice_last_day, version)
VALUES ($1, $1, $2, '310115', 'x', 'P', 180000, 'x', '企业', 'online', 'social_security_card', '', '', '',
    '[]', '{}', 'v', '2026-06-01', $3, 'approver', '2026-06-12', 4)
"""
NOTICE = """
INSERT INTO notices VALUES (gen_random_uuid(), $1, '310115', '张*', '学院', '项目', 180000, '2026-06-08',
    '2026-06-12', false)
"""
BATCH = """
INSERT INTO payment_batches (id, number, district, state, drafted_at, lines, total_fen, sha256, sealed_at,
    exported_at, version) VALUES ($1, $2, '310115', $3, now(), 4, 720000, 'x', now(), now(), 1)
"""
LINE = """
INSERT INTO payment_lines (batch_id, line_no, claim_id, amount_fen, payee_encrypted, payee_digest,
    approved_by, status) VALUES ($1, $2, $3, 180000, '', '', 'approver', $4)
"""


async def test_the_migration_posts_what_was_decided_before(make_empty_database, tmp_path):
    dsn, earlier = make_empty_database(), tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, earlier)
    for file in (earlier / "versions").glob("[0-9]*.py"):
        if int(file.name[:4]) > BEFORE_THE_LEDGER:
            file.unlink()
    await upgrade(dsn, earlier)
    connection = await asyncpg.connect(dsn)
    try:
        await _decided(connection)
        await connection.close()
        await upgrade(dsn, MIGRATIONS)
        connection = await asyncpg.connect(dsn)
        assert await connection.fetch(comparison.DIFFERENCES, "310115") == []
        sums = dict(await connection.fetchrow(comparison.SUMS, "310115"))
        assert sums["committed_ledger_fen"] == 3 * SUBSIDY
        assert sums["payable_ledger_fen"] == sums["paid_ledger_fen"] == sums["paid_bank_fen"] == SUBSIDY
        assert sums["receivable_ledger_fen"] == SUBSIDY
        [budget] = await connection.fetch("SELECT fund_year, amount_fen, drawn_fen FROM budgets")
        assert tuple(budget) == (2026, 2 * SUBSIDY, 2 * SUBSIDY)
    finally:
        await connection.close()


async def _decided(connection):
    ids = {n: f"00000000-0000-0000-0000-{n:012}" for n in range(1, 12)}
    batches = {"a": ids[10], "b": ids[11]}
    for n, state in STATES.items():
        await connection.execute(WINDOW, ids[n], f"person-{n}")
        await connection.execute(CLAIM, ids[n], f"person-{n}", state)
        if state != "submitted":
            await connection.execute(NOTICE, ids[n])
    await connection.execute(BATCH, batches["a"], "draft", "draft")
    await connection.execute(BATCH, batches["b"], "sealed", "exported")
    for n, (batch, status) in LINES.items():
        await connection.execute(LINE, batches[batch], n, ids[n], status)
    await connection.execute(
        "INSERT INTO bank_results VALUES (gen_random_uuid(), $1, 'x', now(), 'city', 2, 1, 180000, 1)",
        batches["b"],
    )
    await connection.execute(
        "INSERT INTO recoveries VALUES (gen_random_uuid(), $1, $1, 'person-5', '张*', '310115', 180000,"
        " 'certificate_revoked', '2026-07-01', 'open')",
        ids[5],
    )
