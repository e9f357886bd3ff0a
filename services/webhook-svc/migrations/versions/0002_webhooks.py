"""Agencies, endpoints with their keys and lanes, events, deliveries and attempts."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import create_amendments
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the tables of webhook-svc; an attempt is never changed but for its scrubbing."""
    create_amendments()
    op.create_table(
        "agencies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("districts", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("full_payload", sa.Boolean(), nullable=False),
        sa.Column("most_endpoints", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("person_salt_encrypted", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name=op.f("ck_agencies_state")),
        sa.CheckConstraint("cardinality(districts) > 0", name=op.f("ck_agencies_granted_somewhere")),
        sa.CheckConstraint("cardinality(event_types) > 0", name=op.f("ck_agencies_granted_something")),
        sa.CheckConstraint("most_endpoints > 0", name=op.f("ck_agencies_most_endpoints")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("client_id", name=op.f("uq_agencies_client_id")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IS NOT NULL OR error IS NOT NULL", name=op.f("ck_attempts_told_something")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_endpoint_id_seq_id", "attempts", ["endpoint_id", "seq", "id"], unique=False)
    op.create_index(
        "ix_attempts_unscrubbed",
        "attempts",
        ["at"],
        unique=False,
        postgresql_where=sa.text("answer IS NOT NULL"),
    )
    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_events_event_id")),
    )
    op.create_index("ix_events_received_at", "events", ["received_at"], unique=False)
    op.create_index("ix_events_topic_seq", "events", ["topic", "seq"], unique=False)
    op.create_table(
        "endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("districts", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("most_a_second", sa.Integer(), nullable=False),
        sa.Column("most_in_flight", sa.Integer(), nullable=False),
        sa.Column("secrets_encrypted", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'disabled') = (state_reason IS NOT NULL)",
            name=op.f("ck_endpoints_disabled_for_a_reason"),
        ),
        sa.CheckConstraint("payload IN ('thin', 'full')", name=op.f("ck_endpoints_payload")),
        sa.CheckConstraint("scheme IN ('ed25519', 'hmac')", name=op.f("ck_endpoints_scheme")),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'disabled', 'pinged', 'deleted')", name=op.f("ck_endpoints_state")
        ),
        sa.CheckConstraint("cardinality(districts) > 0", name=op.f("ck_endpoints_wants_somewhere")),
        sa.CheckConstraint("cardinality(event_types) > 0", name=op.f("ck_endpoints_wants_something")),
        sa.CheckConstraint("most_a_second BETWEEN 1 AND 1000", name=op.f("ck_endpoints_most_a_second")),
        sa.CheckConstraint("most_in_flight BETWEEN 1 AND 100", name=op.f("ck_endpoints_most_in_flight")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_endpoints_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
    )
    op.create_index("ix_endpoints_agency_id_id", "endpoints", ["agency_id", "id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at IS NOT NULL)",
            name=op.f("ck_deliveries_delivered_has_time"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'exhausted')", name=op.f("ck_deliveries_state")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_deliveries_attempts")),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoints.id"], name=op.f("fk_deliveries_endpoint_id")),
        sa.ForeignKeyConstraint(["seq"], ["events.seq"], name=op.f("fk_deliveries_seq")),
        sa.PrimaryKeyConstraint("endpoint_id", "seq", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["endpoint_id", "next_attempt_at", "seq"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_of_key",
        "deliveries",
        ["endpoint_id", "key", "seq"],
        unique=False,
        postgresql_where=sa.text("state <> 'delivered'"),
    )
    op.create_index("ix_deliveries_state", "deliveries", ["endpoint_id", "state", "seq"], unique=False)
    op.create_table(
        "endpoint_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("secret_encrypted", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scheme IN ('ed25519', 'hmac')", name=op.f("ck_endpoint_keys_scheme")),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoints.id"], name=op.f("fk_endpoint_keys_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint_keys")),
    )
    op.create_index("ix_endpoint_keys_endpoint_id", "endpoint_keys", ["endpoint_id"], unique=False)
    op.create_index(
        "uq_endpoint_keys_one_current",
        "endpoint_keys",
        ["endpoint_id"],
        unique=True,
        postgresql_where=sa.text("signs_until IS NULL"),
    )
    op.create_table(
        "lanes",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("leased_by", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(failures = 0) = (failing_since IS NULL)", name=op.f("ck_lanes_failing_since_the_first")
        ),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoints.id"], name=op.f("fk_lanes_endpoint_id")),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("pk_lanes")),
    )
    op.execute(
        "CREATE TRIGGER events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER deliveries_are_never_dropped BEFORE DELETE OR TRUNCATE ON deliveries"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
