"""The evaluation norms (评价规范) that training-svc told of, each as its highest revision says."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from cert_svc.schema import metadata

evaluation_norms = sa.Table(
    "evaluation_norms",
    metadata,
    sa.Column("norm_id", sa.Uuid, primary_key=True),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("pass_mark", sa.SmallInteger, nullable=False),
    # A list of code, name, weight in percent and own pass mark.
    sa.Column("parts", postgresql.JSONB, nullable=False),
    sa.Column("most_retakes", sa.SmallInteger, nullable=False),
    sa.Column("retake_months", sa.SmallInteger, nullable=False),
    sa.Column("most_difference", sa.SmallInteger),
    sa.Column("dispute_days", sa.SmallInteger),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.UniqueConstraint("project_code", "version"),
)
