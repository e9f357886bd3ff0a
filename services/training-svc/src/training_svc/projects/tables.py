"""The catalogue of projects (培训项目)."""

import sqlalchemy as sa

from training_svc.schema import metadata

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("stage", sa.SmallInteger, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("stage BETWEEN 1 AND 4", name="stage"),
)
