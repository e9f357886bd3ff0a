"""Reconciliations by day and district, and the differences they found (O04, S10)."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MEASURES = (
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
_NEVER_DELETED = """
CREATE TRIGGER reconciliation_differences_never_deleted BEFORE DELETE OR TRUNCATE
ON reconciliation_differences FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        *(sa.Column(f"{measure}_fen", sa.BigInteger(), nullable=False) for measure in _MEASURES),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint(
            "district", "on_day", "number", name=op.f("uq_reconciliations_district_on_day_number")
        ),
    )
    op.create_index("ix_reconciliations_day", "reconciliations", ["on_day", "id"], unique=False)
    op.create_index("ix_reconciliations_district", "reconciliations", ["district", "id"], unique=False)
    only_grows("reconciliations")
    _differences()


def _differences() -> None:
    op.create_table(
        "reconciliation_differences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("expected_fen", sa.BigInteger(), nullable=False),
        sa.Column("found_fen", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
        sa.Column("last_seen_on", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.Text(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('committed', 'payable', 'paid', 'receivable', 'bank', 'sealed')",
            name=op.f("ck_reconciliation_differences_kind"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(note, noted_by, noted_at) IN (0, 3)",
            name=op.f("ck_reconciliation_differences_noted"),
        ),
        sa.ForeignKeyConstraint(
            ["seen_by"], ["reconciliations.id"], name=op.f("fk_reconciliation_differences_seen_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_differences")),
    )
    op.create_index(
        "ix_reconciliation_differences_district",
        "reconciliation_differences",
        ["district", "id"],
        unique=False,
    )
    op.create_index(
        "uq_reconciliation_differences_lasting",
        "reconciliation_differences",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.execute(_NEVER_DELETED)
