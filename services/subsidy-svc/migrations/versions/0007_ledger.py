"""The ledger in double entry, and the year of the money on claims, lines and recoveries (O04).

What was decided before is posted by the migration: each claim as it stands, as if posted step by step.
"""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_POSTINGS = (
    "('allot', 'available', 'budget'), ('cut', 'budget', 'available'), ('commit', 'committed', 'available'),"
    " ('release', 'available', 'committed'), ('seal', 'payable', 'committed'),"
    " ('hold_out', 'committed', 'payable'), ('return', 'committed', 'payable'),"
    " ('fail', 'committed', 'payable'), ('settle', 'paid', 'payable'),"
    " ('open_recovery', 'receivable', 'claimed_back'), ('receive', 'recovered', 'receivable'),"
    " ('waive', 'waived', 'receivable')"
)
_ACCOUNTS = (
    "'budget', 'available', 'committed', 'payable', 'paid', 'claimed_back', 'receivable', 'recovered',"
    " 'waived'"
)
_OCCASIONS = (
    "'allot', 'cut', 'commit', 'release', 'seal', 'hold_out', 'return', 'fail', 'settle', 'open_recovery',"
    " 'receive', 'waive', 'reverse'"
)
_MIRRORS = """
CREATE FUNCTION refuse_no_mirror() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entries e WHERE e.id = NEW.reverses AND e.reverses IS NULL
        AND (e.district, e.fund_line, e.fund_year, e.debit, e.credit, e.amount_fen, e.claims)
          = (NEW.district, NEW.fund_line, NEW.fund_year, NEW.credit, NEW.debit, NEW.amount_fen, NEW.claims)
    ) THEN
        RAISE EXCEPTION 'entry % is not mirrored', NEW.reverses USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
_LEDGER_MIRRORS = """
CREATE TRIGGER ledger_entries_mirror BEFORE INSERT ON ledger_entries
FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION refuse_no_mirror()
"""
_LINES_FROZEN = """
CREATE TRIGGER payment_lines_frozen BEFORE UPDATE OF
    batch_id, line_no, claim_id, amount_fen, fund_year, payee_encrypted, payee_digest, approved_by
ON payment_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""

# What was there before. A claim was approved on the first day of its notice.
_YEAR_OF_CLAIMS = """
UPDATE claims SET fund_year = extract(year FROM n.first_day) FROM notices n WHERE n.claim_id = claims.id
"""
_YEAR_OF = """
UPDATE {table} SET fund_year = claims.fund_year FROM claims WHERE claims.id = {table}.claim_id
"""
_POST = """
INSERT INTO ledger_entries (posted_at, posted_on, posted_by, occasion, district, fund_line, fund_year,
    debit, credit, amount_fen, claims, claim_id, batch_id, bank_result_id, recovery_id)
SELECT now(), (now() AT TIME ZONE 'Asia/Shanghai')::date, 'migration', {rest}
"""
_EARLIER = (
    # Every approved claim was committed; those that ended since are free again.
    (
        "'commit', district, 'stage_3_subsidy', fund_year, 'committed', 'available', amount_fen, 1, id,"
        " NULL, NULL, NULL FROM claims WHERE fund_year IS NOT NULL ORDER BY id"
    ),
    (
        "'seal', b.district, 'stage_3_subsidy', l.fund_year, 'payable', 'committed', sum(l.amount_fen),"
        " count(*),"
        " NULL, b.id, NULL, NULL FROM payment_lines l JOIN payment_batches b ON b.id = l.batch_id"
        " WHERE b.state <> 'draft' GROUP BY b.id, l.fund_year ORDER BY b.id, l.fund_year"
    ),
    (
        "'hold_out', b.district, 'stage_3_subsidy', l.fund_year, 'committed', 'payable', l.amount_fen,"
        " 1,"
        " l.claim_id, b.id, NULL, NULL FROM payment_lines l JOIN payment_batches b ON b.id = l.batch_id"
        " WHERE l.status = 'held_out' ORDER BY b.id, l.line_no"
    ),
    # Which of a batch's files answered a line was not kept: each is posted by its claim.
    (
        "'settle', b.district, 'stage_3_subsidy', l.fund_year, 'paid', 'payable', l.amount_fen, 1,"
        " l.claim_id,"
        " b.id, NULL, NULL FROM payment_lines l JOIN payment_batches b ON b.id = l.batch_id"
        " WHERE l.status = 'settled' ORDER BY b.id, l.line_no"
    ),
    (
        "'fail', b.district, 'stage_3_subsidy', l.fund_year, 'committed', 'payable', l.amount_fen, 1,"
        " l.claim_id,"
        " b.id, NULL, NULL FROM payment_lines l JOIN payment_batches b ON b.id = l.batch_id"
        " WHERE l.status = 'failed' ORDER BY b.id, l.line_no"
    ),
    (
        "'release', district, 'stage_3_subsidy', fund_year, 'available', 'committed', amount_fen, 1, id,"
        " NULL, NULL, NULL FROM claims WHERE fund_year IS NOT NULL"
        " AND state IN ('rejected', 'withdrawn', 'stopped') ORDER BY id"
    ),
    (
        "'open_recovery', district, 'stage_3_subsidy', fund_year, 'receivable', 'claimed_back',"
        " amount_fen, 1,"
        " claim_id, NULL, NULL, id FROM recoveries ORDER BY id"
    ),
)


def upgrade() -> None:
    _years()
    _entries()
    for rest in _EARLIER:
        op.execute(_POST.format(rest=rest))
    only_grows("ledger_entries")
    op.execute(_MIRRORS)
    op.execute(_LEDGER_MIRRORS)


def _years() -> None:
    op.add_column("claims", sa.Column("fund_year", sa.SmallInteger(), nullable=True))
    op.execute(_YEAR_OF_CLAIMS)
    op.drop_constraint(op.f("ck_claims_approved"), "claims")
    op.create_check_constraint(
        op.f("ck_claims_approved"),
        "claims",
        "state NOT IN ('noticed', 'held', 'cleared', 'paid', 'payment_failed')"
        " OR (approved_by IS NOT NULL AND notice_last_day IS NOT NULL AND fund_year IS NOT NULL)",
    )
    op.execute("DROP TRIGGER payment_lines_frozen ON payment_lines")
    for table in ("payment_lines", "recoveries"):
        op.add_column(table, sa.Column("fund_year", sa.SmallInteger(), nullable=True))
        op.execute(_YEAR_OF.format(table=table))
        op.alter_column(table, "fund_year", nullable=False)
    op.add_column("payment_lines", sa.Column("bank_result_id", sa.Uuid(), nullable=True))
    op.execute(_LINES_FROZEN)


def _entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("posted_by", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("fund_line", sa.Text(), nullable=False),
        sa.Column("fund_year", sa.SmallInteger(), nullable=False),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("bank_result_id", sa.Uuid(), nullable=True),
        sa.Column("recovery_id", sa.Uuid(), nullable=True),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_ledger_entries_amount_fen")),
        sa.CheckConstraint("claims >= 0", name=op.f("ck_ledger_entries_claims")),
        sa.CheckConstraint("fund_line IN ('stage_3_subsidy')", name=op.f("ck_ledger_entries_fund_line")),
        sa.CheckConstraint(f"occasion IN ({_OCCASIONS})", name=op.f("ck_ledger_entries_occasion")),
        sa.CheckConstraint(
            f"debit IN ({_ACCOUNTS}) AND credit IN ({_ACCOUNTS})", name=op.f("ck_ledger_entries_accounts")
        ),
        sa.CheckConstraint(
            f"occasion = 'reverse' OR (occasion, debit, credit) IN ({_POSTINGS})",
            name=op.f("ck_ledger_entries_posting"),
        ),
        sa.CheckConstraint(
            "(occasion = 'reverse') = (reverses IS NOT NULL)", name=op.f("ck_ledger_entries_reverses")
        ),
        sa.CheckConstraint(
            "occasion IN ('allot', 'cut', 'reverse') OR num_nonnulls(claim_id, batch_id) > 0",
            name=op.f("ck_ledger_entries_rests_on"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_ledger_entries_claim_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batches.id"], name=op.f("fk_ledger_entries_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["bank_result_id"], ["bank_results.id"], name=op.f("fk_ledger_entries_bank_result_id")
        ),
        sa.ForeignKeyConstraint(
            ["recovery_id"], ["recoveries.id"], name=op.f("fk_ledger_entries_recovery_id")
        ),
        sa.ForeignKeyConstraint(["reverses"], ["ledger_entries.id"], name=op.f("fk_ledger_entries_reverses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("reverses", name=op.f("uq_ledger_entries_reverses")),
    )
    op.create_index(
        "ix_ledger_entries_accounts",
        "ledger_entries",
        ["district", "fund_line", "fund_year", "debit", "credit"],
        unique=False,
        postgresql_include=["amount_fen"],
    )
    op.create_index("ix_ledger_entries_district", "ledger_entries", ["district", "id"], unique=False)
    op.create_index("ix_ledger_entries_day", "ledger_entries", ["posted_on", "id"], unique=False)
    for name, column in (("claim", "claim_id"), ("batch", "batch_id"), ("recovery", "recovery_id")):
        op.create_index(
            f"ix_ledger_entries_{name}",
            "ledger_entries",
            [column],
            unique=False,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
