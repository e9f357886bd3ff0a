"""Published rankings (排名) of rounds: frozen with every part and figure they rest on (B04)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

rankings = sa.Table(
    "rankings",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("round_id", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False),
    # Counts the rankings of the round: the last one holds.
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("rubric_id", sa.Uuid, sa.ForeignKey("rubrics.id"), nullable=False),
    sa.Column("first_year", sa.Integer, nullable=False),
    sa.Column("last_year", sa.Integer, nullable=False),
    sa.Column("parameters_version", sa.Text, nullable=False),
    sa.Column("subjects", sa.Integer, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.UniqueConstraint("round_id", "number"),
)

ranking_entries = sa.Table(
    "ranking_entries",
    metadata,
    sa.Column("ranking_id", sa.Uuid, sa.ForeignKey("rankings.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("scoring_id", sa.Uuid, sa.ForeignKey("scorings.id"), nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("passes", sa.Boolean, nullable=False),
    sa.Column("reaches_city", sa.Boolean, nullable=False),
    # Each indicator with its share, points and, where it is automatic, its value.
    sa.Column("parts", JSONB, nullable=False),
    sa.Column("figures", JSONB, nullable=False),
    sa.UniqueConstraint("ranking_id", "scoring_id"),
    sa.CheckConstraint("rank BETWEEN 1 AND place", name="rank"),
    sa.CheckConstraint("total BETWEEN 0 AND 10000", name="total"),
    sa.Index(None, "ranking_id", "district", "place"),
    sa.Index(None, "scoring_id"),
)
