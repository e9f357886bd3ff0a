"""Qualifications (资质) of institutions for projects, each citing a version of the standard.

All are recognised by it in one way (O31 统一机构认定).

That no two are granted for the same day is an EXCLUDE constraint in the migration.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from training_svc.schema import metadata

_GRANTED = "state IN ('approved', 'suspended')"

qualifications = sa.Table(
    "qualifications",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("standard_version", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("submitted_at", sa.DateTime(timezone=True)),
    # The figures that the institution declares and the district finds, and what the rules find by them.
    sa.Column("declared", postgresql.JSONB),
    sa.Column("found", postgresql.JSONB),
    sa.Column("findings", postgresql.JSONB, nullable=False),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_until", sa.Date),
    sa.Column("standing_since", sa.Date),
    sa.Column("standing_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["project_code", "standard_version"], ["standards.project_code", "standards.version"]
    ),
    sa.CheckConstraint(
        "state IN ('draft', 'submitted', 'withdrawn', 'approved', 'rejected', 'suspended', 'revoked',"
        " 'expired')",
        name="state",
    ),
    sa.CheckConstraint("submitted_at IS NOT NULL OR state IN ('draft', 'withdrawn')", name="submitted"),
    sa.CheckConstraint(
        "(state IN ('draft', 'submitted', 'withdrawn')) = (decided_at IS NULL)", name="decided"
    ),
    sa.CheckConstraint("state <> 'rejected' OR reason IS NOT NULL", name="reason"),
    sa.CheckConstraint(
        "num_nonnulls(valid_from, valid_until)"
        " = CASE WHEN state IN ('approved', 'suspended', 'revoked', 'expired') THEN 2 ELSE 0 END",
        name="valid",
    ),
    sa.CheckConstraint("valid_from <= valid_until", name="period"),
    sa.CheckConstraint(
        "state NOT IN ('suspended', 'revoked') OR standing_reason IS NOT NULL", name="standing"
    ),
    # One open application for each version; a rejected or withdrawn one may be made again.
    sa.Index(
        "uq_qualifications_open",
        "institution_id",
        "project_code",
        "standard_version",
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted')"),
    ),
    sa.Index("ix_qualifications_granted", "valid_until", postgresql_where=sa.text(_GRANTED)),
    sa.Index("ix_qualifications_standard", "project_code", "standard_version"),
    sa.Index("ix_qualifications_district_id", "district", "id"),
    sa.Index("ix_qualifications_institution_id_id", "institution_id", "id"),
)
