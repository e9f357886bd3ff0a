"""What is compared (核对): three tellings of the same money, each from its own tables, for one district.

The decisions are claims, lines and recoveries; the ledger is its entries; the bank is its result files and
what two people found where it could not tell. Each statement reads all of them in one snapshot.
"""

from subsidy_svc.ledger.repository import COVERS

SECONDS = 300.0
"""How long one statement may take over a million claims."""

_BY_ACCOUNT = ", ".join(
    f"SUM(amount_fen * ((debit = '{one}')::int - (credit = '{one}')::int)) AS {one}"
    for one in ("committed", "payable", "paid", "receivable")
)

# Where each claim that was ever approved stands, by its own state and its line in a sealed batch.
_DECIDED = """
decided AS (
    SELECT c.id AS claim_id,
        CASE WHEN c.state IN ('noticed', 'held', 'payment_failed', 'account_changed')
            OR c.state = 'cleared' AND b.id IS NULL THEN c.amount_fen ELSE 0 END AS committed,
        CASE WHEN c.state = 'cleared' AND b.id IS NOT NULL THEN c.amount_fen ELSE 0 END AS payable,
        CASE WHEN c.state = 'paid' THEN c.amount_fen ELSE 0 END AS paid,
        COALESCE(r.amount_fen - r.received_fen - r.waived_fen, 0) AS receivable
    FROM claims c
    LEFT JOIN payment_lines l ON l.claim_id = c.id AND l.status IN ('pending', 'unknown')
    LEFT JOIN payment_batches b ON b.id = l.batch_id AND b.state NOT IN ('draft', 'discarded')
    LEFT JOIN recoveries r ON r.claim_id = c.id
    WHERE c.district = $1 AND c.fund_year IS NOT NULL
)
"""
# What the ledger says of each claim: its own entries, and its lines below those of its batches.
_BOOKED = f"""
postings AS (
    SELECT e.claim_id, e.debit, e.credit, e.amount_fen
    FROM ledger_entries e WHERE e.district = $1 AND e.claim_id IS NOT NULL
    UNION ALL
    SELECT payment_lines.claim_id, ledger_entries.debit, ledger_entries.credit, payment_lines.amount_fen
    FROM ledger_entries JOIN payment_lines ON {COVERS}
    WHERE ledger_entries.district = $1 AND ledger_entries.batch_id IS NOT NULL
),
booked AS (SELECT claim_id, {_BY_ACCOUNT} FROM postings GROUP BY claim_id)
"""  # noqa: S608  # constants of this module
# What the bank paid of each batch, by its files and by what two people found.
_BANK = """
bank AS (
    SELECT b.id AS batch_id, b.state, b.total_fen,
        COALESCE((SELECT SUM(r.settled_fen) FROM bank_results r WHERE r.batch_id = b.id), 0)
        + COALESCE((SELECT SUM(l.amount_fen) FROM line_findings f
            JOIN payment_lines l ON l.batch_id = f.batch_id AND l.line_no = f.line_no
            WHERE f.batch_id = b.id AND f.state = 'confirmed' AND f.result = 'settled'), 0) AS settled
    FROM payment_batches b WHERE b.district = $1
)
"""

SUMS = f"""
WITH {_DECIDED}, {_BANK},
accounts AS (SELECT {_BY_ACCOUNT} FROM ledger_entries WHERE district = $1),
decisions AS (
    SELECT SUM(committed) AS committed, SUM(payable) AS payable, SUM(paid) AS paid,
        SUM(receivable) AS receivable FROM decided
)
SELECT COALESCE(d.committed, 0)::bigint AS committed_decided_fen,
    COALESCE(a.committed, 0)::bigint AS committed_ledger_fen,
    COALESCE(d.payable, 0)::bigint AS payable_decided_fen,
    COALESCE(a.payable, 0)::bigint AS payable_ledger_fen,
    COALESCE(d.paid, 0)::bigint AS paid_decided_fen,
    COALESCE(a.paid, 0)::bigint AS paid_ledger_fen,
    (SELECT COALESCE(SUM(settled), 0) FROM bank)::bigint AS paid_bank_fen,
    COALESCE(d.receivable, 0)::bigint AS receivable_decided_fen,
    COALESCE(a.receivable, 0)::bigint AS receivable_ledger_fen
FROM decisions d, accounts a
"""  # noqa: S608  # constants of this module
"""The sums of one district, in the order of ``MEASURES``."""

DIFFERENCES = f"""
WITH {_DECIDED}, {_BOOKED}, {_BANK},
compared AS (
    SELECT COALESCE(d.claim_id, k.claim_id) AS claim_id, one.kind, one.expected, one.found
    FROM decided d FULL JOIN booked k ON k.claim_id = d.claim_id
    CROSS JOIN LATERAL (VALUES
        ('committed', COALESCE(d.committed, 0), COALESCE(k.committed, 0)),
        ('payable', COALESCE(d.payable, 0), COALESCE(k.payable, 0)),
        ('paid', COALESCE(d.paid, 0), COALESCE(k.paid, 0)),
        ('receivable', COALESCE(d.receivable, 0), COALESCE(k.receivable, 0))
    ) AS one (kind, expected, found)
)
SELECT kind, claim_id AS subject, expected::bigint AS expected_fen, found::bigint AS found_fen
FROM compared WHERE expected <> found
UNION ALL
SELECT 'bank', batch_id, lines.settled::bigint, bank.settled::bigint FROM bank
CROSS JOIN LATERAL (
    SELECT COALESCE(SUM(l.amount_fen), 0) AS settled FROM payment_lines l
    WHERE l.batch_id = bank.batch_id AND l.status = 'settled'
) AS lines WHERE lines.settled <> bank.settled
UNION ALL
SELECT 'sealed', batch_id, bank.total_fen, entries.sealed::bigint FROM bank
CROSS JOIN LATERAL (
    SELECT COALESCE(SUM(e.amount_fen), 0) AS sealed FROM ledger_entries e
    WHERE e.batch_id = bank.batch_id AND e.occasion = 'seal'
) AS entries WHERE bank.state NOT IN ('draft', 'discarded') AND entries.sealed <> bank.total_fen
ORDER BY 1, 2
"""  # noqa: S608  # constants of this module
"""Every difference of one district, traced to its claim or its batch."""
