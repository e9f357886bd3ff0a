"""Agencies (接入单位): other public bodies that may subscribe, and what they are granted."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from webhook_svc.schema import metadata

agencies = sa.Table(
    "agencies",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    # The subject of its client-credentials tokens.
    sa.Column("client_id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("event_types", ARRAY(sa.Text), nullable=False),
    # None: every district, and what belongs to none.
    sa.Column("districts", ARRAY(sa.Text)),
    sa.Column("full_payload", sa.Boolean, nullable=False),
    sa.Column("most_endpoints", sa.Integer, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    # What its own pseudonyms of persons are made with.
    sa.Column("person_salt_encrypted", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state IN ('active', 'suspended')", name="state"),
    sa.CheckConstraint("cardinality(event_types) > 0", name="granted_something"),
    sa.CheckConstraint("cardinality(districts) > 0", name="granted_somewhere"),
    sa.CheckConstraint("most_endpoints > 0", name="most_endpoints"),
)
