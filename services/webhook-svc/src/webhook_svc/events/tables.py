"""Events as they came from the topics, numbered in the order in which they were taken."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from webhook_svc.schema import metadata

events = sa.Table(
    "events",
    metadata,
    # Given under one lock, so that a smaller number is never committed after a greater one.
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    # The type without event and version: what a subscription to ``<entity>.*`` is matched with.
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("district", sa.Text),
    # Of one agency alone, such as what happened to its endpoint.
    sa.Column("client_id", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("traceparent", sa.Text),
    sa.Column("data", JSONB, nullable=False),
    sa.Index("ix_events_topic_seq", "topic", "seq"),
    sa.Index("ix_events_received_at", "received_at"),
)
