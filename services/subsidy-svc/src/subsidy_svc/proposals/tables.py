"""Proposals of changed parameters, and what each would change of past claims."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from subsidy_svc.proposals.lifecycle import State
from subsidy_svc.schema import metadata, one_of

proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("changes", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.Text, nullable=False),
    sa.Column("proposed_by_person", sa.Text),
    sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("based_on", sa.Integer),
    sa.Column("last_claim", sa.Uuid),
    sa.Column("reached", sa.Uuid),
    sa.Column("claims_total", sa.BigInteger, nullable=False),
    sa.Column("claims_tried", sa.BigInteger, nullable=False),
    sa.Column("claims_changed", sa.BigInteger, nullable=False),
    sa.Column("claims_without_facts", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    # Two that were tried on the same law would publish under the same number: one of them does not.
    sa.Column("number", sa.Integer, unique=True),
    sa.Column("published_by", sa.Text),
    sa.Column("published_by_person", sa.Text),
    sa.Column("published_at", sa.DateTime(timezone=True)),
    sa.Column("published_on", sa.Date),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("state", State), name="state"),
    sa.CheckConstraint(
        "num_nulls(number, published_by, published_at, published_on)"
        " = CASE state WHEN 'published' THEN 0 ELSE 4 END",
        name="published",
    ),
    sa.CheckConstraint("number = based_on + 1", name="number"),
    # A day that has begun keeps its law.
    sa.CheckConstraint("published_on < effective_from", name="effective_from"),
    sa.CheckConstraint("proposed_by <> published_by", name="four_eyes"),
    sa.CheckConstraint("proposed_by_person <> published_by_person", name="four_eyes_by_person"),
    sa.CheckConstraint("(state = 'withdrawn') = (reason IS NOT NULL)", name="reason"),
    sa.Index("ix_proposals_trying", "id", postgresql_where=sa.text("state = 'trying'")),
    sa.Index("ix_proposals_state", "state", "id"),
    sa.Index("ix_proposals_effective_from", "effective_from", "id"),
)

# Without foreign keys: a million row locks would cost more than all the rest, and claims are never deleted.
effects = sa.Table(
    "proposal_effects",
    metadata,
    sa.Column("proposal_id", sa.Uuid, primary_key=True),
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("claim_id", sa.Uuid, primary_key=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("was_fen", sa.BigInteger, nullable=False),
    sa.Column("would_be_fen", sa.BigInteger, nullable=False),
    sa.Column("failing_rules", ARRAY(sa.Text), nullable=False),
    sa.Column("assumed", sa.Boolean, nullable=False),
    sa.CheckConstraint("was_fen <> would_be_fen", name="changes"),
    sa.Index("ix_proposal_effects_district", "proposal_id", "run", "district", "claim_id"),
)

IS_TRYING = sa.text("proposals.state = 'trying'")
