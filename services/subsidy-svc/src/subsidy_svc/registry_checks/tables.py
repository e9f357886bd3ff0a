"""The table of registry checks: what the registries answered about a claim after it was submitted."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from subsidy_svc.schema import metadata, one_of

OCCASIONS = ("application", "recheck")

registry_checks = sa.Table(
    "registry_checks",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False),
    # Of what the person applied with, when a registry had been away then; or of what was known already.
    sa.Column("occasion", sa.Text, nullable=False),
    sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("checked_by", sa.Text, nullable=False),
    sa.Column("away", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("answers", JSONB, nullable=False),
    sa.Column("findings", JSONB, nullable=False),
    sa.CheckConstraint(one_of("occasion", OCCASIONS), name="occasion"),
    sa.Index("ix_registry_checks_claim", "claim_id", "checked_at"),
)
