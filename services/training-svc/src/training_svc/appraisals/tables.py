"""Appraisals of instructors (定期考核): the points of each part against the day's pass mark."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from training_svc.schema import metadata

appraisals = sa.Table(
    "appraisals",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("instructor_id", sa.Uuid, sa.ForeignKey("instructors.id"), nullable=False),
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("scores", postgresql.JSONB, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("pass_mark", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("comment", sa.Text),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    # One appraisal of a person a day.
    sa.UniqueConstraint("instructor_id", "held_on"),
    sa.CheckConstraint(
        "outcome = CASE WHEN total >= pass_mark THEN 'passed' ELSE 'failed' END", name="outcome"
    ),
    sa.Index("ix_appraisals_held_on_id", "held_on", "id"),
)
