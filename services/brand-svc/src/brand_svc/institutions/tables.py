"""What brand-svc knows of institutions (培训机构), told by training-svc."""

import sqlalchemy as sa

from brand_svc.schema import metadata

institutions = sa.Table(
    "institutions",
    metadata,
    sa.Column("credit_code", sa.Text, primary_key=True),
    sa.Column("institution_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("registered_on", sa.Date, nullable=False),
)
