"""Trainings (师资培训) and contests (讲师大赛) of instructors, and what each participant achieved."""

import sqlalchemy as sa

from training_svc.schema import metadata

activities = sa.Table(
    "activities",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # The district that keeps the record; none for the city centre's.
    sa.Column("district", sa.Text),
    sa.Column("organiser", sa.Text, nullable=False),
    sa.Column("begins_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("hours", sa.Integer),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("kind IN ('training', 'contest')", name="kind"),
    sa.CheckConstraint("begins_on <= ends_on", name="days"),
    # A training counts its hours, a contest has none.
    sa.CheckConstraint("(kind = 'training') = (hours IS NOT NULL)", name="hours_of_training"),
    sa.CheckConstraint("hours > 0", name="hours"),
)

activity_results = sa.Table(
    "activity_results",
    metadata,
    sa.Column("activity_id", sa.Uuid, sa.ForeignKey("activities.id"), primary_key=True),
    sa.Column("instructor_id", sa.Uuid, sa.ForeignKey("instructors.id"), primary_key=True),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("rank", sa.Integer),
    sa.CheckConstraint("rank > 0", name="rank"),
    sa.Index("ix_activity_results_instructor_id", "instructor_id"),
)
