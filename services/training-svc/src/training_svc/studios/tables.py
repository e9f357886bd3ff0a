"""Studios of instructors (名师工作室): who leads one, who works in it, and from when until when."""

import sqlalchemy as sa

from training_svc.schema import metadata

studios = sa.Table(
    "studios",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    # The district that keeps the record; none for the city centre's.
    sa.Column("district", sa.Text),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("head_id", sa.Uuid, sa.ForeignKey("instructors.id"), nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("opened_on <= closed_on", name="days"),
    # Nobody leads two open studios.
    sa.Index("uq_studios_head", "head_id", unique=True, postgresql_where=sa.text("closed_on IS NULL")),
)

studio_members = sa.Table(
    "studio_members",
    metadata,
    sa.Column("studio_id", sa.Uuid, sa.ForeignKey("studios.id"), primary_key=True),
    sa.Column("instructor_id", sa.Uuid, sa.ForeignKey("instructors.id"), primary_key=True),
    sa.Index("ix_studio_members_instructor_id", "instructor_id"),
)
