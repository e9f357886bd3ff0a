"""The one table of the ledger: it only grows, and each row is a balanced entry (O04)."""

import sqlalchemy as sa

from subsidy_svc.ledger.chart import POSTINGS, Account, FundLine, Occasion
from subsidy_svc.schema import metadata, one_of

_ALLOWED = ", ".join(
    f"('{occasion}', '{posting.debit}', '{posting.credit}')" for occasion, posting in POSTINGS.items()
)

entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
    # The civil day in Asia/Shanghai (D11).
    sa.Column("posted_on", sa.Date, nullable=False),
    sa.Column("posted_by", sa.Text, nullable=False),
    sa.Column("occasion", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("fund_line", sa.Text, nullable=False),
    sa.Column("fund_year", sa.SmallInteger, nullable=False),
    sa.Column("debit", sa.Text, nullable=False),
    sa.Column("credit", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    # Of how many claims it is the sum: an entry of a batch has the payment lines as its sub-ledger (明细账).
    sa.Column("claims", sa.Integer, nullable=False),
    # What it rests on.
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id")),
    sa.Column("batch_id", sa.Uuid, sa.ForeignKey("payment_batches.id")),
    sa.Column("bank_result_id", sa.Uuid, sa.ForeignKey("bank_results.id")),
    sa.Column("recovery_id", sa.Uuid, sa.ForeignKey("recoveries.id")),
    sa.Column("receipt_id", sa.Uuid, sa.ForeignKey("recovery_receipts.id")),
    sa.Column("budget_id", sa.Uuid, sa.ForeignKey("budgets.id")),
    sa.Column("reverses", sa.BigInteger, sa.ForeignKey("ledger_entries.id"), unique=True),
    sa.CheckConstraint("amount_fen > 0", name="amount_fen"),
    sa.CheckConstraint("claims >= 0", name="claims"),
    sa.CheckConstraint(one_of("fund_line", FundLine), name="fund_line"),
    sa.CheckConstraint(one_of("occasion", Occasion), name="occasion"),
    sa.CheckConstraint(f"{one_of('debit', Account)} AND {one_of('credit', Account)}", name="accounts"),
    sa.CheckConstraint(f"occasion = 'reverse' OR (occasion, debit, credit) IN ({_ALLOWED})", name="posting"),
    sa.CheckConstraint("(occasion = 'reverse') = (reverses IS NOT NULL)", name="reverses"),
    sa.CheckConstraint(
        "occasion = 'reverse' OR num_nonnulls(claim_id, batch_id, budget_id) > 0", name="rests_on"
    ),
    # What every report sums: an index alone answers it.
    sa.Index(
        "ix_ledger_entries_accounts",
        "district",
        "fund_line",
        "fund_year",
        "debit",
        "credit",
        postgresql_include=["amount_fen"],
    ),
    sa.Index("ix_ledger_entries_district", "district", "id"),
    sa.Index("ix_ledger_entries_occasion", "district", "occasion", "id"),
    sa.Index("ix_ledger_entries_day", "posted_on", "id"),
    sa.Index("ix_ledger_entries_claim", "claim_id", postgresql_where=sa.text("claim_id IS NOT NULL")),
    sa.Index("ix_ledger_entries_batch", "batch_id", postgresql_where=sa.text("batch_id IS NOT NULL")),
    sa.Index(
        "ix_ledger_entries_recovery", "recovery_id", postgresql_where=sa.text("recovery_id IS NOT NULL")
    ),
)
