"""The catalogue of projects (培训项目), and to which certificates each may lead (O31 统一证书发放)."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from training_svc.schema import metadata

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("stage", sa.SmallInteger, nullable=False),
    sa.Column("family", sa.Text, nullable=False),
    sa.Column("district", sa.Text),
    sa.Column("certificates", postgresql.ARRAY(sa.Text), nullable=False),
    sa.Column("retired_on", sa.Date),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("stage BETWEEN 1 AND 4", name="stage"),
    sa.CheckConstraint("family IN ('gyb', 'syb', 'iyb', 'eyb', 'city', 'district')", name="family"),
    sa.CheckConstraint("(family = 'district') = (district IS NOT NULL)", name="district"),
    # C01, C02, C03
    sa.CheckConstraint(
        "certificates = CASE stage WHEN 3 THEN ARRAY['training_completion', 'training_qualification']"
        " ELSE ARRAY['entrepreneurship_completion'] END",
        name="certificates",
    ),
)
