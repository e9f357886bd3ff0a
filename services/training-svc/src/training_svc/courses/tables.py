"""Excellent courses (精品课程) and the assessors' opinions on them."""

import sqlalchemy as sa

from training_svc.schema import metadata

courses = sa.Table(
    "courses",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("project_code", sa.Text, sa.ForeignKey("projects.code"), nullable=False),
    # The standard in force when the course was submitted, if the project had one: it limits the online share.
    sa.Column("standard_version", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("hours", sa.Integer, nullable=False),
    sa.Column("online_percent", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("submitted_on", sa.Date, nullable=False),
    sa.Column("submitted_by", sa.Text, nullable=False),
    sa.Column("grant_fen", sa.BigInteger),
    sa.Column("findings", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_by_person", sa.Text),
    sa.Column("admitted_on", sa.Date),
    sa.Column("retired_on", sa.Date),
    sa.Column("retirement_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["project_code", "standard_version"], ["standards.project_code", "standards.version"]
    ),
    sa.CheckConstraint(
        "state IN ('submitted', 'assessed', 'recognised', 'in_system', 'retired', 'rejected')", name="state"
    ),
    sa.CheckConstraint("hours > 0", name="hours"),
    sa.CheckConstraint("online_percent BETWEEN 0 AND 100", name="online_percent"),
    sa.CheckConstraint("grant_fen BETWEEN 0 AND 10000000", name="grant"),
    sa.CheckConstraint(
        "(grant_fen IS NOT NULL) = (state IN ('recognised', 'in_system', 'retired'))", name="granted"
    ),
    sa.CheckConstraint(
        "num_nulls(decided_at, decided_on, decided_by)"
        " = CASE WHEN state IN ('submitted', 'assessed') THEN 3 ELSE 0 END",
        name="decided",
    ),
    sa.CheckConstraint("(cardinality(findings) > 0) = (state = 'rejected')", name="findings"),
    sa.CheckConstraint("state <> 'in_system' OR admitted_on IS NOT NULL", name="admitted"),
    sa.CheckConstraint(
        "num_nonnulls(retired_on, retirement_reason) = CASE state WHEN 'retired' THEN 2 ELSE 0 END",
        name="retired",
    ),
    sa.Index("ix_courses_district_id", "district", "id"),
    sa.Index("ix_courses_state_id", "state", "id"),
    sa.Index("ix_courses_standard", "project_code", "standard_version"),
    # One course of a developer, and so one grant; what was rejected may be submitted again.
    sa.Index(
        "uq_courses_institution_id_name",
        "institution_id",
        "name",
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    ),
)

course_assessments = sa.Table(
    "course_assessments",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("course_id", sa.Uuid, sa.ForeignKey("courses.id"), nullable=False),
    sa.Column("score", sa.SmallInteger, nullable=False),
    sa.Column("opinion", sa.Text, nullable=False),
    sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("assessed_by", sa.Text, nullable=False),
    # Two accounts of one real name are one assessor.
    sa.Column("assessed_by_person", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("course_id", "assessed_by"),
    sa.UniqueConstraint("course_id", "assessed_by_person"),
    sa.CheckConstraint("score BETWEEN 0 AND 100", name="score"),
)
