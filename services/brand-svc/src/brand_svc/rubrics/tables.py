"""Rubrics (评分规则) by version, and which one each round is scored by: it is frozen by the first (B04)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

rubrics = sa.Table(
    "rubrics",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("label"),
    sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state_known"),
    sa.Index(None, "effective_from", "id"),
)

round_rubrics = sa.Table(
    "round_rubrics",
    metadata,
    sa.Column("round_id", sa.Uuid, sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("rubric_id", sa.Uuid, sa.ForeignKey("rubrics.id"), nullable=False),
    # The calendar years that the automatic indicators look at, both included.
    sa.Column("first_year", sa.Integer, nullable=False),
    sa.Column("last_year", sa.Integer, nullable=False),
    sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("chosen_by", sa.Text, nullable=False),
    sa.UniqueConstraint("round_id", "rubric_id"),
    sa.CheckConstraint("first_year <= last_year", name="years_in_order"),
    sa.Index(None, "rubric_id"),
)
