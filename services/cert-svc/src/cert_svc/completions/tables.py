"""The completed trainings this service was told of.

A trigger lets each be taken back, then completed again, lets its name be corrected, and nothing besides.
"""

import sqlalchemy as sa

from cert_svc.schema import metadata

completions = sa.Table(
    "completions",
    metadata,
    sa.Column("enrolment_id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("project_name", sa.Text, nullable=False),
    sa.Column("stage", sa.SmallInteger, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    sa.Column("standard_version", sa.Text, nullable=False),
    sa.Column("class_started_on", sa.Date, nullable=False),
    sa.Column("class_ended_on", sa.Date, nullable=False),
    sa.Column("completed_on", sa.Date, nullable=False),
    sa.Column("sessions_attended", sa.Integer, nullable=False),
    sa.Column("sessions_held", sa.Integer, nullable=False),
    sa.Column("instructor_keys", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revoked_on", sa.Date),
    sa.Column("revocation_ground", sa.Text),
    sa.CheckConstraint("stage BETWEEN 1 AND 4", name="stage"),
    sa.CheckConstraint("(revoked_on IS NULL) = (revocation_ground IS NULL)", name="revoked_for_a_ground"),
    sa.Index(None, "person_key"),
    sa.Index(None, "class_id"),
)
