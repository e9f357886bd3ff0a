"""The pool of instructors (师资库): one row a person, what they may teach, the certificates they hold.

One pool for the city is what unifies the teachers (O31 统一教师管理).

That nobody but who is active is put on a class is held by a trigger in the migration.
"""

import sqlalchemy as sa

from training_svc.schema import metadata

instructors = sa.Table(
    "instructors",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("person_key", sa.Text, nullable=False, unique=True),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("masked_id_number", sa.Text, nullable=False),
    sa.Column("masked_phone", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    sa.Column("phone_encrypted", sa.Text, nullable=False),
    sa.Column("employment", sa.Text),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id")),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("fields", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("admitted_on", sa.Date),
    sa.Column("appraisal_due_on", sa.Date),
    sa.Column("due_told", sa.Boolean, nullable=False),
    sa.Column("exits_on", sa.Date),
    sa.Column("may_return_on", sa.Date),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(
        "state IN ('applied', 'vetted', 'refused', 'active', 'suspended', 'exiting', 'exited')", name="state"
    ),
    sa.CheckConstraint("employment IN ('full_time', 'part_time')", name="employment"),
    sa.CheckConstraint("(employment IS NULL) = (institution_id IS NULL)", name="employed"),
    sa.CheckConstraint(
        "num_nonnulls(admitted_on, appraisal_due_on)"
        " = CASE WHEN state IN ('applied', 'vetted', 'refused') THEN 0 ELSE 2 END",
        name="admitted",
    ),
    sa.CheckConstraint(
        "num_nonnulls(exits_on, may_return_on) = CASE WHEN state IN ('exiting', 'exited') THEN 2 ELSE 0 END",
        name="exits",
    ),
    sa.Index("ix_instructors_district_id", "district", "id"),
    sa.Index("ix_instructors_institution_id_id", "institution_id", "id"),
    # What the timers look for.
    sa.Index(
        "ix_instructors_due",
        "appraisal_due_on",
        postgresql_where=sa.text("state = 'active' AND NOT due_told"),
    ),
    sa.Index("ix_instructors_exiting", "exits_on", postgresql_where=sa.text("state = 'exiting'")),
    # Whose open classes are flagged.
    sa.Index(
        "ix_instructors_barred",
        "person_key",
        postgresql_where=sa.text("state IN ('suspended', 'exiting', 'exited')"),
    ),
)

instructor_projects = sa.Table(
    "instructor_projects",
    metadata,
    sa.Column("instructor_id", sa.Uuid, sa.ForeignKey("instructors.id"), primary_key=True),
    sa.Column("project_code", sa.Text, sa.ForeignKey("projects.code"), primary_key=True),
    sa.Index("ix_instructor_projects_project_code", "project_code", "instructor_id"),
)

instructor_certificates = sa.Table(
    "instructor_certificates",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("instructor_id", sa.Uuid, sa.ForeignKey("instructors.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("issued_by", sa.Text, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("expires_on", sa.Date),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.CheckConstraint("expires_on >= issued_on", name="dates"),
    # One record for each certificate of a person.
    sa.UniqueConstraint("instructor_id", "name", "number"),
)
