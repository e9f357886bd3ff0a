"""Recoveries with a life of their own, what is paid back, and findings of fault (D03, D05, D06, O04)."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COLUMNS = (
    sa.Column("received_fen", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("waived_fen", sa.BigInteger(), server_default="0", nullable=False),
    sa.Column("demand_document", sa.Text(), nullable=True),
    sa.Column("demanded_on", sa.Date(), nullable=True),
    sa.Column("due_on", sa.Date(), nullable=True),
    sa.Column("waiver_reason", sa.Text(), nullable=True),
    sa.Column("waiver_proposed_by", sa.Text(), nullable=True),
    sa.Column("waiver_proposed_by_person", sa.Text(), nullable=True),
    sa.Column("waiver_decided_by", sa.Text(), nullable=True),
    sa.Column("waiver_decided_by_person", sa.Text(), nullable=True),
    sa.Column("waiver_decided_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("version", sa.Integer(), server_default="1", nullable=False),
)
_CHECKS = {
    "cause": "cause IN ('certificate_revoked', 'person_fraud', 'office_error')",
    "state": "state IN ('open', 'demanded', 'waiver_proposed', 'recovered', 'waived')",
    "owed": "received_fen >= 0 AND waived_fen >= 0 AND received_fen + waived_fen <= amount_fen",
    "ended": "state NOT IN ('recovered', 'waived') OR received_fen + waived_fen = amount_fen",
    "waived": "waived_fen = 0 OR state = 'waived'",
    "demanded": "state = 'open' OR num_nonnulls(demand_document, demanded_on, due_on) = 3",
    "waiver_decided": "state <> 'waived' OR (waiver_reason IS NOT NULL AND waiver_decided_by IS NOT NULL)",
    "two_people": "waiver_proposed_by <> waiver_decided_by",
    "two_people_by_person": "waiver_proposed_by_person <> waiver_decided_by_person",
}
_AS_OPENED = """
CREATE TRIGGER recoveries_as_opened BEFORE UPDATE OF
    id, claim_id, certificate_id, person_key, masked_name, district, amount_fen, fund_year, cause, opened_on
ON recoveries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_NEVER_DELETED = """
CREATE TRIGGER {table}_never_deleted BEFORE DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_COUNT_RECEIPT = """
CREATE FUNCTION count_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.reverses IS NOT NULL AND NOT EXISTS (
        SELECT FROM recovery_receipts r WHERE r.id = NEW.reverses AND r.reverses IS NULL
        AND r.recovery_id = NEW.recovery_id AND r.amount_fen = -NEW.amount_fen
    ) THEN
        RAISE EXCEPTION 'receipt % is not mirrored', NEW.reverses USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE recoveries SET received_fen = received_fen + NEW.amount_fen WHERE id = NEW.recovery_id;
    RETURN NEW;
END $$
"""
_COUNTED = """
CREATE TRIGGER recovery_receipts_counted BEFORE INSERT ON recovery_receipts
FOR EACH ROW EXECUTE FUNCTION count_receipt()
"""
_FINDING_STANDS = """
CREATE TRIGGER fault_findings_stand BEFORE UPDATE OF
    id, claim_id, district, fault, institution_took_part, statement, reported_at, reported_by,
    reported_by_person
ON fault_findings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_FINDING_DECIDED = """
CREATE TRIGGER fault_findings_decided BEFORE UPDATE ON fault_findings FOR EACH ROW
WHEN (OLD.state <> 'reported') EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    _recoveries()
    _receipts()
    _findings()


def _recoveries() -> None:
    for column in _COLUMNS:
        op.add_column("recoveries", column)
    op.drop_constraint(op.f("ck_recoveries_cause"), "recoveries")
    op.drop_constraint(op.f("ck_recoveries_state"), "recoveries")
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_recoveries_{name}"), "recoveries", condition)
    op.create_index(
        "ix_recoveries_due",
        "recoveries",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('demanded', 'waiver_proposed')"),
    )
    op.execute(_AS_OPENED)
    op.execute(_NEVER_DELETED.format(table="recoveries"))


def _receipts() -> None:
    op.create_table(
        "recovery_receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recovery_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "amount_fen <> 0 AND (amount_fen < 0) = (reverses IS NOT NULL)",
            name=op.f("ck_recovery_receipts_amount_fen"),
        ),
        sa.ForeignKeyConstraint(
            ["recovery_id"], ["recoveries.id"], name=op.f("fk_recovery_receipts_recovery_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses"], ["recovery_receipts.id"], name=op.f("fk_recovery_receipts_reverses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_receipts")),
        sa.UniqueConstraint("reverses", name=op.f("uq_recovery_receipts_reverses")),
    )
    op.create_index("ix_recovery_receipts_recovery", "recovery_receipts", ["recovery_id", "id"], unique=False)
    only_grows("recovery_receipts")
    op.execute(_COUNT_RECEIPT)
    op.execute(_COUNTED)
    op.add_column("ledger_entries", sa.Column("receipt_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_ledger_entries_receipt_id"), "ledger_entries", "recovery_receipts", ["receipt_id"], ["id"]
    )


def _findings() -> None:
    op.create_table(
        "fault_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("institution_took_part", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_by_person", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_by_person", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fault IN ('person_fraud', 'office_error')", name=op.f("ck_fault_findings_fault")),
        sa.CheckConstraint(
            "state IN ('reported', 'confirmed', 'refused')", name=op.f("ck_fault_findings_state")
        ),
        sa.CheckConstraint(
            "NOT institution_took_part OR fault = 'person_fraud'", name=op.f("ck_fault_findings_institution")
        ),
        sa.CheckConstraint(
            "(state = 'reported') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_fault_findings_decided"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR reason IS NOT NULL", name=op.f("ck_fault_findings_refused")
        ),
        sa.CheckConstraint("reported_by <> decided_by", name=op.f("ck_fault_findings_two_people")),
        sa.CheckConstraint(
            "reported_by_person <> decided_by_person", name=op.f("ck_fault_findings_two_people_by_person")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_fault_findings_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_findings")),
    )
    op.create_index("ix_fault_findings_district", "fault_findings", ["district", "id"], unique=False)
    op.create_index(
        "uq_fault_findings_claim",
        "fault_findings",
        ["claim_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('reported', 'confirmed')"),
    )
    op.execute(_FINDING_STANDS)
    op.execute(_FINDING_DECIDED)
    op.execute(_NEVER_DELETED.format(table="fault_findings"))
