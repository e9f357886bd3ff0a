"""Tables of payment batches, their lines and the bank's result files."""

import sqlalchemy as sa

from subsidy_svc.payments.lifecycle import FindingState, LineStatus, State
from subsidy_svc.schema import metadata, one_of

batches = sa.Table(
    "payment_batches",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("lines", sa.Integer),
    sa.Column("total_fen", sa.BigInteger),
    sa.Column("sha256", sa.Text),
    sa.Column("sealed_at", sa.DateTime(timezone=True)),
    sa.Column("exported_at", sa.DateTime(timezone=True)),
    # Why the draft was discarded, or the city gave the batch back.
    sa.Column("end_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("state", State), name="state"),
    sa.CheckConstraint(
        "state IN ('draft', 'discarded') OR (lines IS NOT NULL AND total_fen IS NOT NULL"
        " AND sha256 IS NOT NULL AND sealed_at IS NOT NULL)",
        name="sealed",
    ),
    sa.CheckConstraint("(state IN ('discarded', 'returned')) = (end_reason IS NOT NULL)", name="end_reason"),
    sa.CheckConstraint("state NOT IN ('exported', 'settled') OR exported_at IS NOT NULL", name="exported"),
    sa.Index(
        "uq_payment_batches_draft", "district", unique=True, postgresql_where=sa.text("state = 'draft'")
    ),
    sa.Index("ix_payment_batches_district", "district", "id"),
)

# Who approved the claims of a batch: none of them may release it (D05).
batch_approvers = sa.Table(
    "payment_batch_approvers",
    metadata,
    sa.Column("batch_id", sa.Uuid, sa.ForeignKey("payment_batches.id"), primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("person_key", sa.Text),
)

# No foreign keys here: a million row locks would cost more than all the rest. The rows are made by one INSERT
# … SELECT from the claims themselves, and claims are never deleted.
lines = sa.Table(
    "payment_lines",
    metadata,
    sa.Column("batch_id", sa.Uuid, primary_key=True),
    sa.Column("line_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("claim_id", sa.Uuid, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    # The year of the claim's money (O04).
    sa.Column("fund_year", sa.SmallInteger, nullable=False),
    sa.Column("payee_encrypted", sa.Text, nullable=False),
    sa.Column("payee_digest", sa.LargeBinary, nullable=False),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("bank_code", sa.Text),
    # The file of the bank that answered it: with this, an entry of the ledger is traced to its lines.
    sa.Column("bank_result_id", sa.Uuid),
    # The certificate was revoked when the line was already at the bank: its answer decides (D06).
    sa.Column("recalled_on", sa.Date),
    sa.CheckConstraint(one_of("status", LineStatus), name="status"),
    # A claim is in one batch at a time; this is also the mark that it is batched.
    sa.Index(
        "uq_payment_lines_claim",
        "claim_id",
        unique=True,
        postgresql_where=sa.text("status IN ('pending', 'unknown', 'settled')"),
    ),
    # The other lines of a claim, apart: while a batch is drafted this index costs nothing.
    sa.Index(
        "ix_payment_lines_ended",
        "claim_id",
        postgresql_where=sa.text("status IN ('failed', 'held_out', 'returned')"),
    ),
)

# Written out, not as parameters: only so can every plan use the partial index.
IS_LIVE = sa.text("payment_lines.status IN ('pending', 'unknown', 'settled')")
IS_ENDED = sa.text("payment_lines.status IN ('failed', 'held_out', 'returned')")

WAITING: list[sa.ColumnElement[str]] = [sa.literal_column("'pending'"), sa.literal_column("'unknown'")]
"""The statuses of lines for whose answer a batch waits."""

bank_results = sa.Table(
    "bank_results",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("batch_id", sa.Uuid, sa.ForeignKey("payment_batches.id"), nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("imported_by", sa.Text, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("settled_lines", sa.Integer, nullable=False),
    sa.Column("settled_fen", sa.BigInteger, nullable=False),
    sa.Column("failed_lines", sa.Integer, nullable=False),
    sa.Column("unknown_lines", sa.Integer, nullable=False, server_default="0"),
)

# What people found out about a line whose result the bank could not tell; another one confirms it (两人).
line_findings = sa.Table(
    "line_findings",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("batch_id", sa.Uuid, nullable=False),
    sa.Column("line_no", sa.Integer, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("bank_code", sa.Text),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("found_by", sa.Text, nullable=False),
    sa.Column("found_by_person", sa.Text),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_by_person", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(["batch_id", "line_no"], ["payment_lines.batch_id", "payment_lines.line_no"]),
    sa.CheckConstraint(one_of("result", ("settled", "failed")), name="result"),
    sa.CheckConstraint("(result = 'failed') = (bank_code IS NOT NULL)", name="bank_code"),
    sa.CheckConstraint(one_of("state", FindingState), name="state"),
    sa.CheckConstraint(
        "state IN ('proposed', 'lapsed') OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
        name="decided",
    ),
    sa.CheckConstraint("state <> 'confirmed' OR found_by <> decided_by", name="two_people"),
    sa.CheckConstraint(
        "state <> 'confirmed' OR found_by_person <> decided_by_person", name="two_people_by_person"
    ),
    sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refused"),
    # One stands at a time.
    sa.Index(
        "uq_line_findings_proposed",
        "batch_id",
        "line_no",
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    ),
    sa.Index("ix_line_findings_district", "district", "id"),
)
