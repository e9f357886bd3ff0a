"""Penalties (行政处罚) and listings as seriously dishonest (严重失信名单) of institutions."""

import sqlalchemy as sa

from training_svc.policy.standing import BARRING, SanctionKind
from training_svc.schema import metadata

_KINDS = ", ".join(f"'{kind}'" for kind in SanctionKind)
_BARRING = ", ".join(f"'{kind}'" for kind in SanctionKind if kind in BARRING)

sanctions = sa.Table(
    "sanctions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    # The district, or the city, whose officer recorded it.
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("lifted_on", sa.Date),
    sa.Column("lifted_by", sa.Text),
    sa.Column("lift_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
    sa.CheckConstraint("state IN ('in_force', 'lifted')", name="state"),
    sa.CheckConstraint("starts_on <= ends_on", name="period"),
    sa.CheckConstraint(
        "num_nonnulls(lifted_on, lifted_by, lift_reason) = CASE state WHEN 'lifted' THEN 3 ELSE 0 END",
        name="lifted",
    ),
    # One document is in force once for each thing it imposes; what was lifted may be imposed once more.
    sa.Index(
        "ix_sanctions_document",
        "institution_id",
        "document_number",
        "kind",
        unique=True,
        postgresql_where=sa.text("state = 'in_force'"),
    ),
    # What stands in the way of a new class is asked each time one is filed.
    sa.Index(
        "ix_sanctions_barring",
        "institution_id",
        "starts_on",
        postgresql_where=sa.text(f"state = 'in_force' AND kind IN ({_BARRING})"),
    ),
    sa.Index("ix_sanctions_starts_on_id", "starts_on", "id"),
)
