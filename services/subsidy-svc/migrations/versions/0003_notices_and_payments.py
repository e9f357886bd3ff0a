"""Public notices, objections, payment batches and recoveries (S08–S11, D04–D06, D13)."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NOTICES_FROZEN = """
CREATE TRIGGER notices_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON notices
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_SEALED = """
CREATE FUNCTION refuse_unsealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'batch % is sealed', OLD.number USING ERRCODE = 'restrict_violation';
END $$
"""
_BATCHES_SEALED = """
CREATE TRIGGER payment_batches_sealed BEFORE UPDATE ON payment_batches FOR EACH ROW
WHEN (OLD.state <> 'draft' AND (
    NEW.state = 'draft'
    OR (NEW.id, NEW.number, NEW.district, NEW.drafted_at, NEW.lines, NEW.total_fen, NEW.sha256, NEW.sealed_at)
    IS DISTINCT FROM
    (OLD.id, OLD.number, OLD.district, OLD.drafted_at, OLD.lines, OLD.total_fen, OLD.sha256, OLD.sealed_at)))
EXECUTE FUNCTION refuse_unsealing()
"""
_BATCHES_NEVER_DELETED = """
CREATE TRIGGER payment_batches_never_deleted BEFORE DELETE OR TRUNCATE ON payment_batches
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# A line's content never changes, in a draft neither; only these columns are watched, so settling is free.
_LINES_FROZEN = """
CREATE TRIGGER payment_lines_frozen BEFORE UPDATE OF
    batch_id, line_no, claim_id, amount_fen, payee_encrypted, payee_digest, approved_by
ON payment_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_SEALED_LINES = """
CREATE FUNCTION refuse_sealed_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payment_batches WHERE id = OLD.batch_id AND state <> 'draft') THEN
        RAISE EXCEPTION 'the batch of line % is sealed', OLD.line_no USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$
"""
_LINES_STAY = """
CREATE TRIGGER payment_lines_stay BEFORE DELETE ON payment_lines
FOR EACH ROW EXECUTE FUNCTION refuse_sealed_line()
"""
_BANK_RESULTS_FROZEN = """
CREATE TRIGGER bank_results_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_results
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "payment_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=True),
        sa.Column("total_fen", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state = 'draft' OR (lines IS NOT NULL AND total_fen IS NOT NULL AND sha256 IS NOT NULL"
            " AND sealed_at IS NOT NULL)",
            name=op.f("ck_payment_batches_sealed"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'sealed', 'handed_over', 'received', 'exported', 'settled')",
            name=op.f("ck_payment_batches_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('exported', 'settled') OR exported_at IS NOT NULL",
            name=op.f("ck_payment_batches_exported"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batches")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_batches_number")),
    )
    op.create_index("ix_payment_batches_district", "payment_batches", ["district", "id"], unique=False)
    op.create_index(
        "uq_payment_batches_draft",
        "payment_batches",
        ["district"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "payment_lines",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("line_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee_encrypted", sa.Text(), nullable=False),
        sa.Column("payee_digest", sa.LargeBinary(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=True),
        sa.Column("recalled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'settled', 'failed', 'held_out')", name=op.f("ck_payment_lines_status")
        ),
        sa.PrimaryKeyConstraint("batch_id", "line_no", name=op.f("pk_payment_lines")),
    )
    op.create_index(
        "ix_payment_lines_ended",
        "payment_lines",
        ["claim_id"],
        unique=False,
        postgresql_where=sa.text("status IN ('failed', 'held_out')"),
    )
    op.create_index(
        "uq_payment_lines_claim",
        "payment_lines",
        ["claim_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('pending', 'settled')"),
    )
    op.create_table(
        "bank_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("settled_lines", sa.Integer(), nullable=False),
        sa.Column("settled_fen", sa.BigInteger(), nullable=False),
        sa.Column("failed_lines", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["payment_batches.id"], name=op.f("fk_bank_results_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_results")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_results_sha256")),
    )
    op.create_table(
        "payment_batch_approvers",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batches.id"], name=op.f("fk_payment_batch_approvers_batch_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "subject", name=op.f("pk_payment_batch_approvers")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("project_name", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("last_day_provisional", sa.Boolean(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_notices_period")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_notices_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_notices_claim_id")),
    )
    op.create_index("ix_notices_district", "notices", ["district", "id"], unique=False)
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("cause IN ('certificate_revoked')", name=op.f("ck_recoveries_cause")),
        sa.CheckConstraint("state IN ('open')", name=op.f("ck_recoveries_state")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_recoveries_amount_fen")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_recoveries_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_recoveries_claim_id")),
    )
    op.create_index("ix_recoveries_district", "recoveries", ["district", "id"], unique=False)
    op.create_table(
        "objections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=True),
        sa.Column("name_encrypted", sa.Text(), nullable=True),
        sa.Column("contact_encrypted", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'dismissed', 'lapsed')", name=op.f("ck_objections_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'dismissed')"
            " OR (decided_by IS NOT NULL AND decision_reason IS NOT NULL)",
            name=op.f("ck_objections_decided"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_objections_claim_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_objections_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
    )
    op.create_index("ix_objections_district", "objections", ["district", "id"], unique=False)
    op.create_index(
        "ix_objections_open",
        "objections",
        ["claim_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.execute(_NOTICES_FROZEN)
    op.execute(_SEALED)
    op.execute(_BATCHES_SEALED)
    op.execute(_BATCHES_NEVER_DELETED)
    op.execute(_LINES_FROZEN)
    op.execute(_SEALED_LINES)
    op.execute(_LINES_STAY)
    op.execute(_BANK_RESULTS_FROZEN)
