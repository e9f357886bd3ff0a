"""Tables of reconciliations and of the differences they found."""

import sqlalchemy as sa

from subsidy_svc.schema import metadata, one_of

KINDS = ("committed", "payable", "paid", "receivable", "bank", "sealed")
MEASURES = (
    "committed_decided",
    "committed_ledger",
    "payable_decided",
    "payable_ledger",
    "paid_decided",
    "paid_ledger",
    "paid_bank",
    "receivable_decided",
    "receivable_ledger",
)

# A record of what was compared: it only grows.
reconciliations = sa.Table(
    "reconciliations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("on_day", sa.Date, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    *(sa.Column(f"{measure}_fen", sa.BigInteger, nullable=False) for measure in MEASURES),
    sa.Column("differences", sa.Integer, nullable=False),
    sa.UniqueConstraint("district", "on_day", "number"),
    sa.Index("ix_reconciliations_district", "district", "id"),
    sa.Index("ix_reconciliations_day", "on_day", "id"),
)

# One row for as long as a difference lasts; ``subject`` is the claim or the batch it is traced to.
differences = sa.Table(
    "reconciliation_differences",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Uuid, nullable=False),
    sa.Column("expected_fen", sa.BigInteger, nullable=False),
    sa.Column("found_fen", sa.BigInteger, nullable=False),
    sa.Column("first_seen_on", sa.Date, nullable=False),
    sa.Column("last_seen_on", sa.Date, nullable=False),
    sa.Column("seen_by", sa.Uuid, sa.ForeignKey("reconciliations.id"), nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("noted_by", sa.Text),
    sa.Column("noted_at", sa.DateTime(timezone=True)),
    sa.Column("closed_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("kind", KINDS), name="kind"),
    sa.CheckConstraint("num_nonnulls(note, noted_by, noted_at) IN (0, 3)", name="noted"),
    sa.Index(
        "uq_reconciliation_differences_lasting",
        "kind",
        "subject",
        unique=True,
        postgresql_where=sa.text("closed_on IS NULL"),
    ),
    sa.Index("ix_reconciliation_differences_district", "district", "id"),
)
