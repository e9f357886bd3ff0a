"""Signals (线索): events that point at an exit ground, each kept once by its event id (D09)."""

import sqlalchemy as sa

from brand_svc.schema import metadata

signals = sa.Table(
    "signals",
    metadata,
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("occurred_on", sa.Date, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("case_id", sa.Uuid, sa.ForeignKey("exit_cases.id")),
    sa.CheckConstraint("ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name="ground_known"),
    sa.Index(None, "credit_code", "event_id"),
    sa.Index(None, "district", "event_id"),
    sa.Index(None, "case_id"),
)
