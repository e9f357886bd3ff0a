"""Scorings (评分), one a subject of a round, and their moderations (复核调整; B04)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

scorings = sa.Table(
    "scorings",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("round_id", sa.Uuid, nullable=False),
    sa.Column("rubric_id", sa.Uuid, nullable=False),
    # An application of the round, or the assessment of a brand in it.
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # The share of each judged indicator, once the scores settle it.
    sa.Column("shares", JSONB),
    sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(["round_id", "rubric_id"], ["round_rubrics.round_id", "round_rubrics.rubric_id"]),
    sa.UniqueConstraint("subject_kind", "subject_id"),
    # What an assignment names of its scoring.
    sa.UniqueConstraint("id", "round_id", "credit_code"),
    sa.CheckConstraint("subject_kind IN ('application', 'assessment')", name="subject_known"),
    sa.CheckConstraint("state IN ('open', 'third_wanted', 'settled', 'moderated')", name="state_known"),
    sa.CheckConstraint(
        "(state IN ('settled', 'moderated')) = (shares IS NOT NULL)", name="settled_has_shares"
    ),
    sa.Index(None, "round_id", "id"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "credit_code", "id"),
)

moderations = sa.Table(
    "moderations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("scoring_id", sa.Uuid, sa.ForeignKey("scorings.id"), nullable=False),
    sa.Column("marks", JSONB, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("points_before", sa.Integer, nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("moderated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("moderated_by", sa.Text, nullable=False),
    sa.Index(None, "scoring_id", "id"),
)
