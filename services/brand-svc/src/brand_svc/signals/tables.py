"""Signals (线索): what points at an exit ground, each kept once by its id; and what the risk board counts."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

signals = sa.Table(
    "signals",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("ground", sa.Text),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("occurred_on", sa.Date, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("case_id", sa.Uuid, sa.ForeignKey("exit_cases.id")),
    sa.Column("recorded_by", sa.Text),
    sa.Column("statement", sa.Text),
    sa.Column("evidence", JSONB, nullable=False, server_default="[]"),
    sa.CheckConstraint("ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name="ground_known"),
    sa.CheckConstraint("case_id IS NULL OR ground IS NOT NULL", name="case_has_ground"),
    sa.CheckConstraint("(source IN ('inspection', 'report')) = (recorded_by IS NOT NULL)", name="recorded"),
    sa.Index(None, "credit_code", "id"),
    sa.Index(None, "credit_code", "occurred_on", "id"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "district", "occurred_on", "id"),
    sa.Index(None, "occurred_on", "id"),
    sa.Index(None, "case_id"),
)
