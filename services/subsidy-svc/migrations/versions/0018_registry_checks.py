"""Claims that wait for a registry, and what the registries answered about a claim since (S01, S07, S11)."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_WAITS = "waiting_since IS NOT NULL AND state IN ('submitted', 'supplement_asked', 'accepted')"
# What a person applied with is never changed.
_AS_APPLIED = """
CREATE TRIGGER claims_as_applied BEFORE UPDATE OF
    id, certificate_id, person_key, district, institution_credit_code, project_code, amount_fen,
    enterprise_credit_code, channel, policy_version, submitted_at, filed_by, filed_by_person
ON claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# What the registries told of it is written when they tell it, and then no more.
_COMPLETE = (
    "OLD.enterprise_name IS NOT NULL AND OLD.payee_digest IS NOT NULL"
    " AND coalesce(OLD.facts -> 'awaited', '[]') = '[]'"
)
_AS_DECIDED = f"""
CREATE TRIGGER claims_as_decided BEFORE UPDATE OF enterprise_name, findings, within_years_on, facts
ON claims FOR EACH ROW WHEN ({_COMPLETE}) EXECUTE FUNCTION refuse_change()
"""
# Before the approval, or after the bank refused it, the person may name another account.
_ACCOUNT = f"""
CREATE TRIGGER claims_account BEFORE UPDATE OF
    account_kind, account_masked, account_reason, payee_encrypted, payee_digest
ON claims FOR EACH ROW
WHEN (OLD.state NOT IN ('submitted', 'accepted', 'payment_failed') AND {_COMPLETE})
EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    for name in ("enterprise_name", "account_masked", "payee_encrypted"):
        op.alter_column("claims", name, existing_type=sa.Text(), nullable=True)
    op.alter_column("claims", "payee_digest", existing_type=sa.LargeBinary(), nullable=True)
    op.add_column("claims", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("claims", sa.Column("waiting_for", sa.ARRAY(sa.Text()), nullable=True))
    op.add_column("claims", sa.Column("ask_again_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_claims_waiting"),
        "claims",
        "num_nonnulls(waiting_since, waiting_for, ask_again_at) IN (0, 3)",
    )
    op.create_check_constraint(
        op.f("ck_claims_approved_on_answers"),
        "claims",
        "approved_by IS NULL OR (waiting_since IS NULL AND enterprise_name IS NOT NULL"
        " AND account_masked IS NOT NULL AND payee_encrypted IS NOT NULL AND payee_digest IS NOT NULL)",
    )
    op.create_index(
        "ix_claims_ask_again",
        "claims",
        ["ask_again_at"],
        unique=False,
        postgresql_where=sa.text(_WAITS),
    )
    op.execute("DROP TRIGGER claims_as_applied ON claims")
    op.execute("DROP TRIGGER claims_as_decided ON claims")
    op.execute("DROP TRIGGER claims_account ON claims")
    op.execute(_AS_APPLIED)
    op.execute(_AS_DECIDED)
    op.execute(_ACCOUNT)
    op.create_table(
        "registry_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("away", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "occasion IN ('application', 'recheck')", name=op.f("ck_registry_checks_occasion")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_registry_checks_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_checks")),
    )
    op.create_index("ix_registry_checks_claim", "registry_checks", ["claim_id", "checked_at"], unique=False)
    only_grows("registry_checks")
