"""Batches discarded or given back, unknown results, accounts confirmed (S10, S11, D05)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_BATCHES = {
    "state": (
        "state IN ('draft', 'sealed', 'handed_over', 'received', 'exported', 'settled', 'discarded',"
        " 'returned')"
    ),
    "sealed": (
        "state IN ('draft', 'discarded') OR (lines IS NOT NULL AND total_fen IS NOT NULL"
        " AND sha256 IS NOT NULL AND sealed_at IS NOT NULL)"
    ),
}
_LINE_STATUS = "status IN ('pending', 'unknown', 'settled', 'failed', 'held_out', 'returned')"
_CLAIMS = {
    "state": (
        "state IN ('submitted', 'supplement_asked', 'accepted', 'noticed', 'held', 'cleared', 'paid',"
        " 'payment_failed', 'account_changed', 'not_accepted', 'rejected', 'withdrawn', 'stopped')"
    ),
    "approved": (
        "state NOT IN ('noticed', 'held', 'cleared', 'paid', 'payment_failed', 'account_changed')"
        " OR (approved_by IS NOT NULL AND notice_last_day IS NOT NULL AND fund_year IS NOT NULL)"
    ),
}
_FINDING_STANDS = """
CREATE TRIGGER line_findings_stand BEFORE UPDATE OF
    id, batch_id, line_no, district, result, bank_code, evidence, found_at, found_by, found_by_person
ON line_findings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_FINDING_DECIDED = """
CREATE TRIGGER line_findings_decided BEFORE UPDATE ON line_findings FOR EACH ROW
WHEN (OLD.state <> 'proposed') EXECUTE FUNCTION refuse_change()
"""
_NEVER_DELETED = """
CREATE TRIGGER line_findings_never_deleted BEFORE DELETE OR TRUNCATE ON line_findings
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    _checks("payment_batches", _BATCHES)
    op.add_column("payment_batches", sa.Column("end_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_payment_batches_end_reason"),
        "payment_batches",
        "(state IN ('discarded', 'returned')) = (end_reason IS NOT NULL)",
    )
    _checks("payment_lines", {"status": _LINE_STATUS})
    _index("uq_payment_lines_claim", "'pending', 'unknown', 'settled'", unique=True)
    _index("ix_payment_lines_ended", "'failed', 'held_out', 'returned'", unique=False)
    _checks("claims", _CLAIMS)
    op.add_column(
        "bank_results", sa.Column("unknown_lines", sa.Integer(), server_default="0", nullable=False)
    )
    _findings()


def _checks(table: str, checks: dict[str, str]) -> None:
    for name, condition in checks.items():
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _index(name: str, statuses: str, *, unique: bool) -> None:
    op.drop_index(name, "payment_lines")
    op.create_index(
        name,
        "payment_lines",
        ["claim_id"],
        unique=unique,
        postgresql_where=sa.text(f"status IN ({statuses})"),
    )


def _findings() -> None:
    op.create_table(
        "line_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("found_by_person", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_by_person", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("result IN ('settled', 'failed')", name=op.f("ck_line_findings_result")),
        sa.CheckConstraint(
            "(result = 'failed') = (bank_code IS NOT NULL)", name=op.f("ck_line_findings_bank_code")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'refused', 'lapsed')", name=op.f("ck_line_findings_state")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'lapsed') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name=op.f("ck_line_findings_decided"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR found_by <> decided_by", name=op.f("ck_line_findings_two_people")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR found_by_person <> decided_by_person",
            name=op.f("ck_line_findings_two_people_by_person"),
        ),
        sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name=op.f("ck_line_findings_refused")),
        sa.ForeignKeyConstraint(
            ["batch_id", "line_no"],
            ["payment_lines.batch_id", "payment_lines.line_no"],
            name=op.f("fk_line_findings_batch_id_line_no"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_findings")),
    )
    op.create_index("ix_line_findings_district", "line_findings", ["district", "id"], unique=False)
    op.create_index(
        "uq_line_findings_proposed",
        "line_findings",
        ["batch_id", "line_no"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.execute(_FINDING_STANDS)
    op.execute(_FINDING_DECIDED)
    op.execute(_NEVER_DELETED)
