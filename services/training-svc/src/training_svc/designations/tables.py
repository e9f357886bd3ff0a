"""Designations of institutions as examples to others (示范机构).

That no two of an institution overlap is held by an EXCLUDE constraint in the migration.
"""

import sqlalchemy as sa

from training_svc.schema import metadata

designations = sa.Table(
    "designations",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("designated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("designated_by", sa.Text, nullable=False),
    sa.Column("withdrawn_on", sa.Date),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("withdraw_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("starts_on <= ends_on", name="term"),
    sa.CheckConstraint("state IN ('designated', 'withdrawn')", name="state"),
    sa.CheckConstraint(
        "num_nonnulls(withdrawn_on, withdrawn_by, withdraw_reason)"
        " = CASE state WHEN 'withdrawn' THEN 3 ELSE 0 END",
        name="withdrawn",
    ),
    sa.Index("ix_designations_institution_id_id", "institution_id", "id"),
)
