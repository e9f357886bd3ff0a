"""Claim windows, claims and the places they take (S03–S05, D01, D03, D10)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What a person applied with is never changed; only these columns are watched, so a change of state is free.
_AS_APPLIED = """
CREATE TRIGGER claims_as_applied BEFORE UPDATE OF
    id, certificate_id, person_key, district, institution_credit_code, project_code, amount_fen,
    enterprise_credit_code, enterprise_name, channel, account_kind, account_masked, account_reason,
    payee_encrypted, payee_digest, findings, within_years_on, policy_version, submitted_at
ON claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_NEVER_DELETED = """
CREATE TRIGGER claims_never_deleted BEFORE DELETE OR TRUNCATE ON claims
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "certificates_without_window",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificates_without_window")),
    )
    op.create_table(
        "reservations",
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("slot >= 1", name=op.f("ck_reservations_slot")),
        sa.PrimaryKeyConstraint("person_key", "slot", name=op.f("pk_reservations")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_reservations_claim_id")),
        sa.UniqueConstraint(
            "person_key", "project_code", name=op.f("uq_reservations_person_key_project_code")
        ),
    )
    op.create_table(
        "windows",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_number", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.Column("institution_credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("project_name", sa.Text(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("class_started_on", sa.Date(), nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("last_day_provisional", sa.Boolean(), nullable=False),
        sa.Column("closed_cause", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revocation_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("closed_cause IN ('elapsed', 'revoked')", name=op.f("ck_windows_closed_cause")),
        sa.CheckConstraint(
            "closed_cause IS DISTINCT FROM 'revoked' OR revoked_on IS NOT NULL",
            name=op.f("ck_windows_revoked_on"),
        ),
        sa.CheckConstraint("(closed_cause IS NULL) = (closed_on IS NULL)", name=op.f("ck_windows_closed_on")),
        sa.CheckConstraint("last_day >= issued_on", name=op.f("ck_windows_last_day")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_windows")),
    )
    op.create_index(
        "ix_windows_provisional",
        "windows",
        ["issued_on"],
        unique=False,
        postgresql_where=sa.text("last_day_provisional AND closed_cause IS NULL"),
    )
    op.create_index(
        "ix_windows_due",
        "windows",
        ["last_day"],
        unique=False,
        postgresql_where=sa.text("closed_cause IS NULL"),
    )
    op.create_index("ix_windows_person", "windows", ["person_key", "certificate_id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("institution_credit_code", sa.Text(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_credit_code", sa.Text(), nullable=False),
        sa.Column("enterprise_name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account_kind", sa.Text(), nullable=False),
        sa.Column("account_masked", sa.Text(), nullable=False),
        sa.Column("account_reason", sa.Text(), nullable=True),
        sa.Column("payee_encrypted", sa.Text(), nullable=False),
        sa.Column("payee_digest", sa.LargeBinary(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("within_years_on", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.Text(), nullable=True),
        sa.Column("accepted_by_person", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_by_person", sa.Text(), nullable=True),
        sa.Column("notice_last_day", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "account_kind = 'social_security_card' OR account_reason IS NOT NULL",
            name=op.f("ck_claims_reason"),
        ),
        sa.CheckConstraint(
            "account_kind IN ('social_security_card', 'other')", name=op.f("ck_claims_account_kind")
        ),
        sa.CheckConstraint("channel IN ('online', 'counter')", name=op.f("ck_claims_channel")),
        sa.CheckConstraint(
            "state IN ('submitted', 'accepted', 'noticed', 'held', 'cleared', 'paid',"
            " 'payment_failed', 'rejected', 'withdrawn', 'stopped')",
            name=op.f("ck_claims_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('noticed', 'held', 'cleared', 'paid', 'payment_failed')"
            " OR (approved_by IS NOT NULL AND notice_last_day IS NOT NULL)",
            name=op.f("ck_claims_approved"),
        ),
        sa.CheckConstraint("accepted_by <> approved_by", name=op.f("ck_claims_four_eyes")),
        sa.CheckConstraint(
            "accepted_by_person <> approved_by_person", name=op.f("ck_claims_four_eyes_by_person")
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_claims_amount_fen")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["windows.certificate_id"], name=op.f("fk_claims_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(
        "ix_claims_approver",
        "claims",
        ["approved_by"],
        unique=False,
        postgresql_where=sa.text("approved_by_person IS NOT NULL"),
    )
    op.create_index("ix_claims_district", "claims", ["district", "id"], unique=False)
    op.create_index("ix_claims_district_state", "claims", ["district", "state", "id"], unique=False)
    op.create_index(
        "ix_claims_notice_due",
        "claims",
        ["notice_last_day"],
        unique=False,
        postgresql_where=sa.text("state = 'noticed'"),
    )
    op.create_index("ix_claims_person", "claims", ["person_key", "id"], unique=False)
    op.create_index(
        "uq_claims_open_certificate",
        "claims",
        ["certificate_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('withdrawn', 'rejected', 'stopped')"),
    )
    op.execute(_AS_APPLIED)
    op.execute(_NEVER_DELETED)
