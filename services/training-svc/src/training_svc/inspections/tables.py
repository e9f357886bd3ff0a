"""Inspections (督导检查) and who made them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from training_svc.schema import metadata

inspections = sa.Table(
    "inspections",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("programme_id", sa.Uuid, sa.ForeignKey("inspection_programmes.id"), nullable=False),
    # None where an officer planned it without a draw.
    sa.Column("draw_id", sa.Uuid, sa.ForeignKey("inspection_draws.id")),
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("object_kind", sa.Text, nullable=False),
    sa.Column("object_id", sa.Uuid, nullable=False),
    sa.Column("object_name", sa.Text, nullable=False),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("planned_by", sa.Text, nullable=False),
    sa.Column("visited_on", sa.Date),
    sa.Column("findings", JSONB, nullable=False),
    sa.Column("found_by", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("deadline", sa.Date),
    sa.Column("overdue_told", sa.Boolean, nullable=False),
    sa.Column("verified_by", sa.Text),
    sa.Column("closed_on", sa.Date),
    sa.Column("remark", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    # Nothing is inspected twice for one programme.
    sa.UniqueConstraint("programme_id", "object_kind", "object_id"),
    sa.CheckConstraint("object_kind IN ('class', 'institution', 'instructor')", name="object_kind"),
    sa.CheckConstraint(
        "state IN ('planned', 'visited', 'found', 'rectifying', 'answered', 'verified', 'closed')",
        name="state",
    ),
    sa.CheckConstraint("(state = 'planned') = (visited_on IS NULL)", name="visited"),
    sa.CheckConstraint("state NOT IN ('rectifying', 'answered') OR deadline IS NOT NULL", name="deadline"),
    sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
    sa.Index("ix_inspections_district_id", "district", "id"),
    sa.Index("ix_inspections_institution_id_id", "institution_id", "id"),
    sa.Index("ix_inspections_object", "object_id", "visited_on"),
    sa.Index(
        "ix_inspections_rectifying",
        "deadline",
        postgresql_where=sa.text("state = 'rectifying' AND NOT overdue_told"),
    ),
)

inspectors = sa.Table(
    "inspection_inspectors",
    metadata,
    sa.Column("inspection_id", sa.Uuid, sa.ForeignKey("inspections.id"), primary_key=True),
    sa.Column("person_key", sa.Text, primary_key=True),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("masked_id_number", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
)
