"""The tables that the shared mechanisms keep in every service's database.

Each service calls :func:`add_mechanism_tables` on its own metadata, so that its migrations create them.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

OUTBOX_CHANNEL = "outbox"

# One MetaData for compiling the shared statements; services get copies in their own.
_METADATA = sa.MetaData()

outbox = sa.Table(
    "outbox",
    _METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("traceparent", sa.Text),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

inbox = sa.Table(
    "inbox",
    _METADATA,
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)

parked_messages = sa.Table(
    "parked_messages",
    _METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False, unique=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("waiting", sa.Boolean, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("dead_since", sa.DateTime(timezone=True)),
    sa.Index("ix_parked_messages_key", "topic", "key", "id"),
    sa.Index("ix_parked_messages_due", "next_try_at", postgresql_where=sa.text("dead_since IS NULL")),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    _METADATA,
    sa.Column("principal", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.SmallInteger),
    sa.Column("headers", JSONB),
    sa.Column("body", sa.LargeBinary),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)

audit_log = sa.Table(
    "audit_log",
    _METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("district", sa.Text),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object_type", sa.Text, nullable=False),
    sa.Column("object_id", sa.Text, nullable=False),
    sa.Column("from_state", sa.Text),
    sa.Column("to_state", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("details", JSONB, nullable=False),
    sa.Column("request_id", sa.Text),
    sa.Index("ix_audit_log_object", "object_type", "object_id", "id"),
)

amendments = sa.Table(
    "amendments",
    _METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("object_type", sa.Text, nullable=False),
    sa.Column("object_id", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("before", JSONB, nullable=False),
    sa.Column("after", JSONB, nullable=False),
    sa.Index("ix_amendments_object", "object_type", "object_id", "id"),
)


def add_amendments_table(metadata: sa.MetaData) -> None:
    """Adds the history of amendments to the metadata of a service that amends what it decided."""
    amendments.to_metadata(metadata)


def add_mechanism_tables(metadata: sa.MetaData) -> None:
    """Adds outbox, inbox, parked messages, idempotency keys and audit log to a service's metadata."""
    for table in (outbox, inbox, parked_messages, idempotency_keys, audit_log):
        table.to_metadata(metadata)
