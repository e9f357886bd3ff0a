"""Drafts of claims, and files attached to claims (S05–S07)."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_DRAFTS_ENDED = """
CREATE TRIGGER claim_drafts_ended BEFORE UPDATE ON claim_drafts
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_change()
"""
_DRAFTS_OF = """
CREATE TRIGGER claim_drafts_of BEFORE UPDATE OF id, certificate_id, person_key ON claim_drafts
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_DRAFTS_STAY = """
CREATE TRIGGER claim_drafts_stay BEFORE DELETE OR TRUNCATE ON claim_drafts
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_FILES_FROZEN = """
CREATE TRIGGER attachments_frozen BEFORE UPDATE OF
    id, claim_id, subject, name_encrypted, media_type, bytes, sha256, begun_at, uploaded_by
ON attachments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_FILES_ENDED = """
CREATE TRIGGER attachments_ended BEFORE UPDATE ON attachments
FOR EACH ROW WHEN (OLD.state <> 'uploading') EXECUTE FUNCTION refuse_change()
"""
_FILES_STAY = """
CREATE TRIGGER attachments_stay BEFORE DELETE OR TRUNCATE ON attachments
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "claim_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("enterprise_credit_code", sa.Text(), nullable=True),
        sa.Column("account_kind", sa.Text(), nullable=True),
        sa.Column("account_masked", sa.Text(), nullable=True),
        sa.Column("account_encrypted", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'discarded')", name=op.f("ck_claim_drafts_state")
        ),
        sa.CheckConstraint(
            "account_kind IN ('social_security_card', 'other')", name=op.f("ck_claim_drafts_account_kind")
        ),
        sa.CheckConstraint(
            "(account_kind IS NULL) = (account_encrypted IS NULL)", name=op.f("ck_claim_drafts_account")
        ),
        sa.CheckConstraint(
            "(state = 'submitted') = (claim_id IS NOT NULL)", name=op.f("ck_claim_drafts_submitted")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["windows.certificate_id"], name=op.f("fk_claim_drafts_certificate_id")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_drafts_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_drafts")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_claim_drafts_claim_id")),
    )
    op.create_index("ix_claim_drafts_person", "claim_drafts", ["person_key", "id"], unique=False)
    op.create_index(
        "uq_claim_drafts_live",
        "claim_drafts",
        ["certificate_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('uploading', 'stored', 'abandoned')", name=op.f("ck_attachments_state")
        ),
        sa.CheckConstraint(
            "subject IN ('identity', 'certificate', 'enterprise', 'role', 'account', 'other')",
            name=op.f("ck_attachments_subject"),
        ),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png')",
            name=op.f("ck_attachments_media_type"),
        ),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_attachments_bytes")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_attachments_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(
        "ix_attachments_begun",
        "attachments",
        ["begun_at"],
        unique=False,
        postgresql_where=sa.text("state = 'uploading'"),
    )
    op.create_index(
        "ix_attachments_claim",
        "attachments",
        ["claim_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'stored'"),
    )
    for trigger in (
        _DRAFTS_ENDED,
        _DRAFTS_OF,
        _DRAFTS_STAY,
        _FILES_FROZEN,
        _FILES_ENDED,
        _FILES_STAY,
    ):
        op.execute(trigger)
