"""Rounds of selection (遴选), what was told of them, and the list the city bureau chose for each."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

rounds = sa.Table(
    "rounds",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("opens_on", sa.Date, nullable=False),
    sa.Column("closes_on", sa.Date, nullable=False),
    sa.Column("review_until", sa.Date, nullable=False),
    sa.Column("deliberation_until", sa.Date, nullable=False),
    sa.Column("publication_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("published_on", sa.Date),
    sa.Column("findings", JSONB, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(
        "opens_on <= closes_on AND closes_on <= review_until AND review_until <= deliberation_until"
        " AND deliberation_until <= publication_on",
        name="dates_in_order",
    ),
    sa.CheckConstraint(
        "state IN ('announced', 'open', 'closed', 'deliberated', 'published')", name="state_known"
    ),
    sa.CheckConstraint("(state = 'published') = (published_on IS NOT NULL)", name="published_has_day"),
    # NULLs are distinct, so published rounds do not meet: at most one round is under way (B05).
    sa.Column(
        "under_way", sa.Boolean, sa.Computed("CASE WHEN state <> 'published' THEN true END", persisted=True)
    ),
    sa.UniqueConstraint("under_way"),
)

# What was told to be overdue: each day that passed, once; a day that was moved may pass again.
overdue_steps = sa.Table(
    "overdue_steps",
    metadata,
    sa.Column("round_id", sa.Uuid, sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("due_on", sa.Date, primary_key=True),
)

recognitions = sa.Table(
    "recognitions",
    metadata,
    sa.Column("round_id", sa.Uuid, sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("credit_code", sa.Text, primary_key=True),
    sa.Column("application_id", sa.Uuid, unique=True),
    sa.Column("assessment_id", sa.Uuid, unique=True),
    sa.Column("tier", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(
        ["application_id", "round_id", "credit_code"],
        ["applications.id", "applications.round_id", "applications.credit_code"],
        name="fk_recognitions_application",
    ),
    sa.ForeignKeyConstraint(
        ["assessment_id", "round_id", "credit_code"],
        ["assessments.id", "assessments.round_id", "assessments.credit_code"],
        name="fk_recognitions_assessment",
    ),
    sa.CheckConstraint("num_nonnulls(application_id, assessment_id) = 1", name="of_one_kind"),
    sa.CheckConstraint("tier IN ('city', 'district')", name="tier_known"),
)
