"""Assessments (既有品牌评估): one for each brand in force when a round opens."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

assessments = sa.Table(
    "assessments",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("round_id", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False),
    sa.Column("brand_id", sa.Uuid, sa.ForeignKey("brands.id", use_alter=True), nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("materials", JSONB),
    sa.Column("entered_on", sa.Date),
    sa.Column("entered_by", sa.Text),
    sa.Column("comment", sa.Text),
    sa.Column("evidence", JSONB),
    sa.Column("findings", JSONB),
    sa.Column("assessed_on", sa.Date),
    sa.UniqueConstraint("round_id", "credit_code"),
    sa.UniqueConstraint("id", "round_id", "credit_code"),
    sa.CheckConstraint("tier IN ('city', 'district')", name="tier_known"),
    sa.CheckConstraint(
        "state IN ('due', 'entered', 'passed', 'failed', 'absent', 'kept', 'ended', 'ended_absent',"
        " 'discontinued')",
        name="state_known",
    ),
    sa.CheckConstraint("num_nonnulls(materials, entered_on) IN (0, 2)", name="entered"),
    sa.CheckConstraint("state <> 'entered' OR materials IS NOT NULL", name="entered_with_materials"),
    sa.CheckConstraint("num_nonnulls(comment, evidence, findings, assessed_on) IN (0, 4)", name="result"),
    sa.CheckConstraint(
        "state NOT IN ('passed', 'failed', 'absent', 'kept', 'ended') OR assessed_on IS NOT NULL",
        name="assessed",
    ),
    sa.Index(None, "credit_code", "id"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "brand_id"),
)
