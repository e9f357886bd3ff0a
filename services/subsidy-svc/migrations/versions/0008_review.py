"""Review: due days, taking a case, supplements, non-acceptance, decisions undone (S06, S07, D03, D05)."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import create_amendments
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_IN_REVIEW = "state IN ('submitted', 'supplement_asked', 'accepted')"
_STANDING = "NOT (state IN ('not_accepted', 'rejected', 'stopped', 'withdrawn'))"
_AS_APPLIED = """
CREATE TRIGGER claims_as_applied BEFORE UPDATE OF
    id, certificate_id, person_key, district, institution_credit_code, project_code, amount_fen,
    enterprise_credit_code, enterprise_name, channel, findings, within_years_on, policy_version, submitted_at,
    filed_by, filed_by_person
ON claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# What was asked for stays; the answer is written once.
_ASKED = """
CREATE TRIGGER supplements_asked BEFORE UPDATE OF claim_id, number, missing, asked_at, asked_by, due_on
ON supplements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_GIVEN = """
CREATE TRIGGER supplements_given BEFORE UPDATE OF answers_encrypted, given_at
ON supplements FOR EACH ROW WHEN (OLD.given_at IS NOT NULL) EXECUTE FUNCTION refuse_change()
"""
_NEVER_DELETED = """
CREATE TRIGGER supplements_never_deleted BEFORE DELETE OR TRUNCATE ON supplements
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_COLUMNS = (
    ("filed_by", sa.Text()),
    ("filed_by_person", sa.Text()),
    ("due_on", sa.Date()),
    ("taken_by", sa.Text()),
    ("taken_by_person", sa.Text()),
    ("taken_at", sa.DateTime(timezone=True)),
    ("decision_article", sa.Text()),
    ("decided_by", sa.Text()),
    ("decided_by_person", sa.Text()),
)
_CHECKS = {
    "not_who_filed": "filed_by <> approved_by",
    "not_who_filed_by_person": "filed_by_person <> approved_by_person",
    "not_ones_own": "person_key <> approved_by_person",
    "due": f"NOT ({_IN_REVIEW}) OR due_on IS NOT NULL",
    "taken_in_review": f"taken_by IS NULL OR ({_IN_REVIEW} AND taken_at IS NOT NULL)",
    "not_accepted": (
        "state <> 'not_accepted' OR (decision_reason IS NOT NULL AND decision_article IS NOT NULL)"
    ),
    "state": (
        "state IN ('submitted', 'supplement_asked', 'accepted', 'noticed', 'held', 'cleared', 'paid',"
        " 'payment_failed', 'not_accepted', 'rejected', 'withdrawn', 'stopped')"
    ),
}


def upgrade() -> None:
    create_amendments()
    for name, kind in _COLUMNS:
        op.add_column("claims", sa.Column(name, kind, nullable=True))
    # Claims that came before there were due days: three weeks from their submission.
    op.execute(
        "UPDATE claims SET due_on = (submitted_at AT TIME ZONE 'Asia/Shanghai')::date + 21"
        " WHERE state IN ('submitted', 'accepted')"
    )
    op.drop_constraint(op.f("ck_claims_state"), "claims")
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_claims_{name}"), "claims", condition)
    op.drop_index("uq_claims_open_certificate", "claims")
    op.create_index(
        "uq_claims_open_certificate",
        "claims",
        ["certificate_id"],
        unique=True,
        postgresql_where=sa.text(_STANDING),
    )
    op.create_index(
        "ix_claims_queue",
        "claims",
        ["district", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text(_IN_REVIEW),
    )
    op.execute("DROP TRIGGER claims_as_applied ON claims")
    op.execute(_AS_APPLIED)
    op.create_table(
        "supplements",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answers_encrypted", sa.Text(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_supplements_number")),
        sa.CheckConstraint(
            "(answers_encrypted IS NULL) = (given_at IS NULL)", name=op.f("ck_supplements_given")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_supplements_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "number", name=op.f("pk_supplements")),
    )
    op.create_index(
        "uq_supplements_awaited",
        "supplements",
        ["claim_id"],
        unique=True,
        postgresql_where=sa.text("given_at IS NULL"),
    )
    op.execute(_ASKED)
    op.execute(_GIVEN)
    op.execute(_NEVER_DELETED)
