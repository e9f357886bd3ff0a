"""The table of risk signs: one of each kind a claim at most, and what an officer noted about it."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from subsidy_svc.policy.risk import Kind
from subsidy_svc.schema import metadata, one_of


class Result(StrEnum):
    """What an officer who looked into a sign found (核实结果)."""

    EXPLAINED = "explained"
    SUSPICIOUS = "suspicious"


risk_signs = sa.Table(
    "risk_signs",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    # Without a foreign key: an officer who holds the claim's row must not keep signs from being written.
    sa.Column("claim_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("finding", JSONB, nullable=False),
    sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("gone_at", sa.DateTime(timezone=True)),
    sa.Column("result", sa.Text),
    sa.Column("note", sa.Text),
    sa.Column("noted_by", sa.Text),
    sa.Column("noted_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("claim_id", "kind"),
    sa.CheckConstraint(one_of("kind", Kind), name="kind"),
    sa.CheckConstraint(one_of("result", Result), name="result"),
    sa.CheckConstraint("num_nonnulls(result, note, noted_by, noted_at) IN (0, 4)", name="noted"),
    sa.Index("ix_risk_signs_district", "district", "id"),
)
