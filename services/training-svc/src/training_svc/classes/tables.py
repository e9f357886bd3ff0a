"""Classes (班级), their sessions (课次) and who teaches them.

What overlaps in a room or for an instructor is refused by EXCLUDE constraints in the migration. A cancelled
session holds no room, and nobody teaches it; what is online holds no room either.
"""

import sqlalchemy as sa

from training_svc.schema import metadata

classes = sa.Table(
    "classes",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("standard_version", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    # How many places are taken: the counter that the CHECK below keeps within the capacity.
    sa.Column("enrolled", sa.Integer, nullable=False),
    # How many are on the waiting list: nobody while a place is free.
    sa.Column("waiting", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("filed_by", sa.Text, nullable=False),
    sa.Column("cancelled_at", sa.DateTime(timezone=True)),
    sa.Column("cancelled_by", sa.Text),
    sa.Column("cancel_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("norm_version", sa.Text),
    # By what a stage-3 class was filed; what became of it since is a flag on the class.
    sa.Column("qualification_id", sa.Uuid, sa.ForeignKey("qualifications.id")),
    sa.ForeignKeyConstraint(
        ["project_code", "standard_version"], ["standards.project_code", "standards.version"]
    ),
    sa.ForeignKeyConstraint(
        ["project_code", "norm_version"], ["evaluation_norms.project_code", "evaluation_norms.version"]
    ),
    sa.CheckConstraint("starts_on <= ends_on", name="dates"),
    sa.CheckConstraint("capacity > 0 AND enrolled BETWEEN 0 AND capacity", name="places"),
    sa.CheckConstraint("waiting >= 0 AND (waiting = 0 OR enrolled = capacity)", name="waiting"),
    sa.CheckConstraint("state IN ('filed', 'cancelled')", name="state"),
    sa.CheckConstraint(
        "num_nonnulls(cancelled_at, cancelled_by, cancel_reason)"
        " = CASE state WHEN 'cancelled' THEN 3 ELSE 0 END",
        name="cancelled",
    ),
    # A session's institution is its class's.
    sa.UniqueConstraint("institution_id", "id"),
    # An enrolment's institution, project and district are its class's.
    sa.UniqueConstraint("id", "institution_id", "project_code", "district"),
    sa.Index("ix_classes_district_id", "district", "id"),
    sa.Index("ix_classes_standard", "project_code", "standard_version"),
    sa.Index(
        "ix_classes_norm",
        "project_code",
        "norm_version",
        postgresql_where=sa.text("norm_version IS NOT NULL"),
    ),
    sa.Index(
        "ix_classes_qualification_id",
        "qualification_id",
        postgresql_where=sa.text("qualification_id IS NOT NULL"),
    ),
    sa.Index("ix_classes_ends_on", "ends_on"),
    sa.Index("ix_classes_project_code_id", "project_code", "id"),
    sa.Index("ix_classes_starts_on_id", "starts_on", "id"),
    # The rankings take a year, those that end; the sweep for inactive institutions the last of each.
    sa.Index("ix_classes_ends_on_district", "ends_on", "district"),
    sa.Index("ix_classes_institution_id_ends_on", "institution_id", "ends_on"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, nullable=False),
    sa.Column("institution_id", sa.Uuid, nullable=False),
    sa.Column("room", sa.Text, nullable=False),
    sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("cancelled_at", sa.DateTime(timezone=True)),
    # What is online takes no room.
    sa.Column("online", sa.Boolean, nullable=False, server_default=sa.false()),
    # So that an attendance can be held to the sessions of its enrolment's class.
    sa.UniqueConstraint("class_id", "id"),
    # An instructor's times are the session's.
    sa.UniqueConstraint("id", "starts_at", "ends_at"),
    sa.ForeignKeyConstraint(["institution_id", "class_id"], ["classes.institution_id", "classes.id"]),
    sa.CheckConstraint("starts_at < ends_at", name="times"),
)

class_instructors = sa.Table(
    "class_instructors",
    metadata,
    sa.Column("class_id", sa.Uuid, sa.ForeignKey("classes.id"), primary_key=True),
    # NOT VALID in the database: classes filed before there was a pool keep who taught them.
    sa.Column("person_key", sa.Text, sa.ForeignKey("instructors.person_key"), primary_key=True),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("masked_id_number", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    # Who has taught some sessions and was replaced for the later ones.
    sa.Column("left_at", sa.DateTime(timezone=True)),
    sa.Index("ix_class_instructors_person_key", "person_key"),
)

session_instructors = sa.Table(
    "session_instructors",
    metadata,
    sa.Column("session_id", sa.Uuid, primary_key=True),
    sa.Column("person_key", sa.Text, primary_key=True),
    sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ["session_id", "starts_at", "ends_at"],
        ["sessions.id", "sessions.starts_at", "sessions.ends_at"],
        onupdate="CASCADE",
    ),
)
