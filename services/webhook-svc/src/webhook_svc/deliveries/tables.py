"""Deliveries (投递), one an endpoint and event, and every attempt at one."""

import sqlalchemy as sa

from webhook_svc.schema import metadata

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("endpoint_id", sa.Uuid, sa.ForeignKey("endpoints.id"), primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.ForeignKey("events.seq"), primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("delivered_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('pending', 'delivered', 'exhausted')", name="state"),
    sa.CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_has_time"),
    sa.CheckConstraint("attempts >= 0", name="attempts"),
    sa.Index(
        "ix_deliveries_due",
        "endpoint_id",
        "next_attempt_at",
        "seq",
        postgresql_where=sa.text("state = 'pending'"),
    ),
    sa.Index(
        "ix_deliveries_of_key",
        "endpoint_id",
        "key",
        "seq",
        postgresql_where=sa.text("state <> 'delivered'"),
    ),
    sa.Index("ix_deliveries_state", "endpoint_id", "state", "seq"),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("endpoint_id", sa.Uuid, nullable=False),
    # None for a ping.
    sa.Column("seq", sa.BigInteger),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.Text),
    # Scrubbed after a set time.
    sa.Column("answer", sa.Text),
    sa.CheckConstraint("status IS NOT NULL OR error IS NOT NULL", name="told_something"),
    sa.Index("ix_attempts_endpoint_id_seq_id", "endpoint_id", "seq", "id"),
    sa.Index("ix_attempts_unscrubbed", "at", postgresql_where=sa.text("answer IS NOT NULL")),
)
