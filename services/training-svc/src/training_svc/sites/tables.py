"""Training sites (培训场地) of institutions and their rooms.

That an institution has an address once at a time is held by an EXCLUDE constraint in the migration.
"""

import sqlalchemy as sa

from training_svc.schema import metadata

sites = sa.Table(
    "sites",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("area_m2", sa.Integer, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("area_m2 > 0", name="area"),
    sa.CheckConstraint("starts_on <= ends_on", name="period"),
    sa.Index("ix_sites_institution_id_id", "institution_id", "id"),
    sa.Index("ix_sites_district_id", "district", "id"),
)

rooms = sa.Table(
    "site_rooms",
    metadata,
    sa.Column("site_id", sa.Uuid, sa.ForeignKey("sites.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("area_m2", sa.Integer, nullable=False),
    sa.Column("seats", sa.Integer, nullable=False),
    sa.CheckConstraint("area_m2 > 0 AND seats > 0", name="size"),
)
