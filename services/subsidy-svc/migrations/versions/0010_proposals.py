"""Proposals of changed parameters, what they would change, and the law published by them (D05 by analogy)."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_AS_PROPOSED = """
CREATE TRIGGER proposals_as_proposed BEFORE UPDATE OF
    id, title, effective_from, changes, proposed_by, proposed_by_person, proposed_at
ON proposals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
# What was published is law: it is never changed, only followed by another publication.
_AS_ENDED = """
CREATE TRIGGER proposals_as_ended BEFORE UPDATE ON proposals
FOR EACH ROW WHEN (OLD.state IN ('published', 'withdrawn')) EXECUTE FUNCTION refuse_change()
"""
_NEVER_DELETED = """
CREATE TRIGGER proposals_never_deleted BEFORE DELETE OR TRUNCATE ON proposals
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    _proposals()
    _effects()


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_by_person", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("last_claim", sa.Uuid(), nullable=True),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("claims_total", sa.BigInteger(), nullable=False),
        sa.Column("claims_tried", sa.BigInteger(), nullable=False),
        sa.Column("claims_changed", sa.BigInteger(), nullable=False),
        sa.Column("claims_without_facts", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("published_by_person", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'trying', 'tried', 'failed', 'published', 'withdrawn')",
            name=op.f("ck_proposals_state"),
        ),
        sa.CheckConstraint(
            "num_nulls(number, published_by, published_at, published_on)"
            " = CASE state WHEN 'published' THEN 0 ELSE 4 END",
            name=op.f("ck_proposals_published"),
        ),
        sa.CheckConstraint("number = based_on + 1", name=op.f("ck_proposals_number")),
        sa.CheckConstraint("published_on < effective_from", name=op.f("ck_proposals_effective_from")),
        sa.CheckConstraint("proposed_by <> published_by", name=op.f("ck_proposals_four_eyes")),
        sa.CheckConstraint(
            "proposed_by_person <> published_by_person", name=op.f("ck_proposals_four_eyes_by_person")
        ),
        sa.CheckConstraint("(state = 'withdrawn') = (reason IS NOT NULL)", name=op.f("ck_proposals_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("number", name=op.f("uq_proposals_number")),
    )
    op.create_index("ix_proposals_effective_from", "proposals", ["effective_from", "id"], unique=False)
    op.create_index("ix_proposals_state", "proposals", ["state", "id"], unique=False)
    op.create_index(
        "ix_proposals_trying",
        "proposals",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'trying'"),
    )
    op.execute(_AS_PROPOSED)
    op.execute(_AS_ENDED)
    op.execute(_NEVER_DELETED)


def _effects() -> None:
    op.create_table(
        "proposal_effects",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("was_fen", sa.BigInteger(), nullable=False),
        sa.Column("would_be_fen", sa.BigInteger(), nullable=False),
        sa.Column("failing_rules", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("was_fen <> would_be_fen", name=op.f("ck_proposal_effects_changes")),
        sa.PrimaryKeyConstraint("proposal_id", "run", "claim_id", name=op.f("pk_proposal_effects")),
    )
    op.create_index(
        "ix_proposal_effects_district",
        "proposal_effects",
        ["proposal_id", "run", "district", "claim_id"],
        unique=False,
    )
    only_grows("proposal_effects")
