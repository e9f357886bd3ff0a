"""Endpoints (接收端): where an agency is told, of what, and how; and the keys each is signed with."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from webhook_svc.endpoints.lifecycle import State
from webhook_svc.schema import metadata

_STATES = ", ".join(f"'{state}'" for state in State)

endpoints = sa.Table(
    "endpoints",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("agency_id", sa.Uuid, sa.ForeignKey("agencies.id"), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("event_types", ARRAY(sa.Text), nullable=False),
    # None: all that the agency is granted.
    sa.Column("districts", ARRAY(sa.Text)),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("scheme", sa.Text, nullable=False),
    sa.Column("in_order", sa.Boolean, nullable=False),
    sa.Column("most_a_second", sa.Integer, nullable=False),
    sa.Column("most_in_flight", sa.Integer, nullable=False),
    # Custom headers, OAuth2 client and TLS client: they hold secrets.
    sa.Column("secrets_encrypted", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("state_reason", sa.Text),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(f"state IN ({_STATES})", name="state"),
    sa.CheckConstraint("(state = 'disabled') = (state_reason IS NOT NULL)", name="disabled_for_a_reason"),
    sa.CheckConstraint("payload IN ('thin', 'full')", name="payload"),
    sa.CheckConstraint("scheme IN ('ed25519', 'hmac')", name="scheme"),
    sa.CheckConstraint("cardinality(event_types) > 0", name="wants_something"),
    sa.CheckConstraint("cardinality(districts) > 0", name="wants_somewhere"),
    sa.CheckConstraint("most_a_second BETWEEN 1 AND 1000", name="most_a_second"),
    sa.CheckConstraint("most_in_flight BETWEEN 1 AND 100", name="most_in_flight"),
    sa.Index("ix_endpoints_agency_id_id", "agency_id", "id"),
)

endpoint_keys = sa.Table(
    "endpoint_keys",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("endpoint_id", sa.Uuid, sa.ForeignKey("endpoints.id"), nullable=False),
    sa.Column("scheme", sa.Text, nullable=False),
    sa.Column("secret_encrypted", sa.Text, nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    # None for the current key; the one before it signs along until then.
    sa.Column("signs_until", sa.DateTime(timezone=True)),
    sa.CheckConstraint("scheme IN ('ed25519', 'hmac')", name="scheme"),
    sa.Index(
        "uq_endpoint_keys_one_current",
        "endpoint_id",
        unique=True,
        postgresql_where=sa.text("signs_until IS NULL"),
    ),
    sa.Index("ix_endpoint_keys_endpoint_id", "endpoint_id"),
)
