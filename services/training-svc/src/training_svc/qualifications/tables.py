"""Qualifications (资质) of institutions for projects, each citing a version of the standard."""

import sqlalchemy as sa

from training_svc.schema import metadata

qualifications = sa.Table(
    "qualifications",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("standard_version", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("submitted_by", sa.Text, nullable=False),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["project_code", "standard_version"], ["standards.project_code", "standards.version"]
    ),
    sa.CheckConstraint("state IN ('submitted', 'approved', 'rejected')", name="state"),
    sa.CheckConstraint("(state = 'submitted') = (decided_at IS NULL)", name="decided"),
    sa.CheckConstraint("state <> 'rejected' OR reason IS NOT NULL", name="reason"),
    # One live qualification for each version; a rejected one may be applied for again.
    sa.Index(
        "uq_qualifications_live",
        "institution_id",
        "project_code",
        "standard_version",
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'approved')"),
    ),
    sa.Index("ix_qualifications_district_id", "district", "id"),
    sa.Index("ix_qualifications_institution_id_id", "institution_id", "id"),
)
