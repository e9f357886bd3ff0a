"""Rounds of selection (遴选) and the list the city bureau chose for each."""

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
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("published_on", sa.Date),
    sa.Column("findings", JSONB, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("opens_on <= closes_on", name="dates_in_order"),
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

recognitions = sa.Table(
    "recognitions",
    metadata,
    sa.Column("application_id", sa.Uuid, primary_key=True),
    sa.Column("round_id", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["application_id", "round_id"], ["applications.id", "applications.round_id"]),
    sa.CheckConstraint("tier IN ('city', 'district')", name="tier_known"),
    sa.Index(None, "round_id"),
)
