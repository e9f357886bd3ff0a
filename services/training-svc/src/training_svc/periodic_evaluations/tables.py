"""Periodic evaluations (定期评估) of classes, institutions and instructors."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from training_svc.schema import metadata

evaluations = sa.Table(
    "periodic_evaluations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("object_kind", sa.Text, nullable=False),
    sa.Column("object_id", sa.Uuid, nullable=False),
    sa.Column("object_name", sa.Text, nullable=False),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("period_from", sa.Date, nullable=False),
    sa.Column("period_to", sa.Date, nullable=False),
    sa.Column("form_version", sa.Text, nullable=False),
    sa.Column("scores", JSONB, nullable=False),
    sa.Column("percent", sa.SmallInteger, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("comment", sa.Text),
    sa.Column("evaluated_on", sa.Date, nullable=False),
    sa.Column("evaluated_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint(
        "object_kind", "object_id", "period_from", "period_to", name="uq_periodic_evaluations_object_period"
    ),
    sa.CheckConstraint("object_kind IN ('class', 'institution', 'instructor')", name="object_kind"),
    sa.CheckConstraint("period_from <= period_to", name="period"),
    sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    sa.CheckConstraint("grade IN ('excellent', 'good', 'passed', 'failed')", name="grade"),
    sa.Index("ix_periodic_evaluations_district_id", "district", "id"),
    sa.Index("ix_periodic_evaluations_institution_id_id", "institution_id", "id"),
    # The rankings take those of institutions that ended in a year.
    sa.Index(
        "ix_periodic_evaluations_of_institutions",
        "period_to",
        postgresql_where=sa.text("object_kind = 'institution'"),
    ),
)
