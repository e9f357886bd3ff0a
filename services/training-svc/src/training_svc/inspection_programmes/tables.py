"""Inspection programmes (督导计划) of a district or the city centre, and the draws (抽取) made for them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from training_svc.schema import metadata

programmes = sa.Table(
    "inspection_programmes",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    # A district's code, or 'city'.
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.UniqueConstraint("authority", "name"),
    sa.CheckConstraint("first_day <= last_day", name="days"),
)

draws = sa.Table(
    "inspection_draws",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("programme_id", sa.Uuid, sa.ForeignKey("inspection_programmes.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("object_kind", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("seed", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    # Every object that might have been drawn, with its points where the draw was by risk.
    sa.Column("population", JSONB, nullable=False),
    sa.Column("drawn", sa.ARRAY(sa.Uuid), nullable=False),
    sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("drawn_by", sa.Text, nullable=False),
    sa.UniqueConstraint("programme_id", "number"),
    sa.CheckConstraint("object_kind IN ('class', 'institution', 'instructor')", name="object_kind"),
    sa.CheckConstraint("method IN ('random', 'risk')", name="method"),
    sa.CheckConstraint("count > 0", name="count"),
)
