"""Published rankings (排名公布) of institutions: frozen with the formula and the figures they rest on."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from training_svc.schema import metadata

rankings = sa.Table(
    "rankings",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    # Without it the ranking is of the whole city.
    sa.Column("district", sa.Text),
    sa.Column("formula", JSONB, nullable=False),
    sa.Column("institutions", sa.Integer, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Index("ix_rankings_year_id", "year", "id"),
)

ranking_entries = sa.Table(
    "ranking_entries",
    metadata,
    sa.Column("ranking_id", sa.Uuid, sa.ForeignKey("rankings.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("trainees", sa.Integer, nullable=False),
    sa.Column("rank", sa.Integer),
    sa.Column("score", sa.Integer),
    sa.Column("failing", sa.Boolean, nullable=False),
    sa.Column("components", JSONB, nullable=False),
    sa.CheckConstraint("score BETWEEN 0 AND 10000", name="score"),
    sa.CheckConstraint("rank IS NOT NULL OR NOT failing", name="failing"),
    # The last ranking an institution is in says whether it is failing.
    sa.UniqueConstraint("institution_id", "ranking_id"),
)
