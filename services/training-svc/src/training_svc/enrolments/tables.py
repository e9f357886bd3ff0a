"""Enrolments (报名) by real name: one for each person and class."""

import sqlalchemy as sa

from training_svc.enrolments.lifecycle import WITH_A_PLACE
from training_svc.schema import metadata

enrolments = sa.Table(
    "enrolments",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, sa.ForeignKey("classes.id"), nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("masked_id_number", sa.Text, nullable=False),
    sa.Column("masked_phone", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    sa.Column("phone_encrypted", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("enrolled_by", sa.Text, nullable=False),
    sa.Column("completed_at", sa.DateTime(timezone=True)),
    sa.Column("completed_on", sa.Date),
    sa.Column("sessions_attended", sa.Integer),
    sa.Column("sessions_held", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("class_id", "person_key"),
    # So that an attendance can be held to the sessions of its enrolment's class.
    sa.UniqueConstraint("class_id", "id"),
    sa.CheckConstraint("state IN ('enrolled', 'completed', 'completion_revoked')", name="state"),
    sa.CheckConstraint(
        "num_nonnulls(completed_at, completed_on, sessions_attended, sessions_held)"
        " = CASE state WHEN 'completed' THEN 4 ELSE 0 END",
        name="completed",
    ),
    sa.CheckConstraint("sessions_attended BETWEEN 0 AND sessions_held", name="sessions"),
    sa.Index("ix_enrolments_person_key_id", "person_key", "id"),
)

HAS_A_PLACE: sa.ColumnElement[bool] = enrolments.c.state.in_(
    [sa.literal_column(f"'{state}'") for state in WITH_A_PLACE]
)
"""Whoever has a place in a class, completed or not."""
