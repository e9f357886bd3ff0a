"""Contact phones, keys by which equal phones and accounts are found, signs of risk (S01, S06, S07, S11)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_IN_REVIEW = "state IN ('submitted', 'supplement_asked', 'accepted')"
_AS_REACHED = """
CREATE TRIGGER claims_as_reached BEFORE UPDATE OF phone_masked, phone_encrypted, phone_key
ON claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_ACCOUNT_KEY = """
CREATE TRIGGER claims_account_key BEFORE UPDATE OF account_key
ON claims FOR EACH ROW WHEN (
    OLD.state NOT IN ('submitted', 'accepted', 'payment_failed')
    AND OLD.enterprise_name IS NOT NULL AND OLD.payee_digest IS NOT NULL
    AND coalesce(OLD.facts -> 'awaited', '[]') = '[]'
) EXECUTE FUNCTION refuse_change()
"""
_SIGNS_OF = """
CREATE TRIGGER risk_signs_of BEFORE UPDATE OF id, claim_id, kind, district, first_seen_at ON risk_signs
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_SIGNS_STAY = """
CREATE TRIGGER risk_signs_stay BEFORE DELETE OR TRUNCATE ON risk_signs
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    _claims()
    op.add_column("claim_drafts", sa.Column("phone_masked", sa.Text(), nullable=True))
    op.add_column("claim_drafts", sa.Column("phone_encrypted", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_claim_drafts_phone"),
        "claim_drafts",
        "(phone_masked IS NULL) = (phone_encrypted IS NULL)",
    )
    _risk_signs()


def _claims() -> None:
    op.add_column("claims", sa.Column("account_key", sa.LargeBinary(), nullable=True))
    op.add_column("claims", sa.Column("phone_masked", sa.Text(), nullable=True))
    op.add_column("claims", sa.Column("phone_encrypted", sa.Text(), nullable=True))
    op.add_column("claims", sa.Column("phone_key", sa.LargeBinary(), nullable=True))
    op.add_column("claims", sa.Column("signs_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_claims_phone"), "claims", "num_nonnulls(phone_masked, phone_encrypted, phone_key) IN (0, 3)"
    )
    for thing in ("account_key", "phone_key"):
        op.create_index(
            f"ix_claims_{thing}",
            "claims",
            [thing, "person_key"],
            unique=False,
            postgresql_where=sa.text(f"{thing} IS NOT NULL"),
        )
    op.create_index("ix_claims_enterprise", "claims", ["enterprise_credit_code", "person_key"], unique=False)
    op.create_index(
        "ix_claims_approved",
        "claims",
        ["submitted_at", "district", "institution_credit_code"],
        unique=False,
        postgresql_where=sa.text("approved_by IS NOT NULL"),
    )
    op.create_index(
        "ix_claims_signs_due",
        "claims",
        [sa.text("coalesce(signs_due_at, submitted_at)")],
        unique=False,
        postgresql_where=sa.text(_IN_REVIEW),
    )
    op.execute(_AS_REACHED)
    op.execute(_ACCOUNT_KEY)


def _risk_signs() -> None:
    op.create_table(
        "risk_signs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("finding", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.Text(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('shared_account', 'shared_phone', 'shared_enterprise', 'outstanding_institution')",
            name=op.f("ck_risk_signs_kind"),
        ),
        sa.CheckConstraint("result IN ('explained', 'suspicious')", name=op.f("ck_risk_signs_result")),
        sa.CheckConstraint(
            "num_nonnulls(result, note, noted_by, noted_at) IN (0, 4)", name=op.f("ck_risk_signs_noted")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_signs")),
        sa.UniqueConstraint("claim_id", "kind", name=op.f("uq_risk_signs_claim_id_kind")),
    )
    op.create_index("ix_risk_signs_district", "risk_signs", ["district", "id"], unique=False)
    op.execute(_SIGNS_OF)
    op.execute(_SIGNS_STAY)
