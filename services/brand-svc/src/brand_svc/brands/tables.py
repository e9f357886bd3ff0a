"""Brands (培训优质品牌): one row for each time an institution stands on a published list."""

import sqlalchemy as sa

from brand_svc.schema import metadata

brands = sa.Table(
    "brands",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.Text, sa.ForeignKey("institutions.credit_code"), nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("round_id", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False),
    sa.Column("recognised_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("ended_on", sa.Date),
    sa.Column("may_apply_again_on", sa.Date),
    sa.UniqueConstraint("round_id", "credit_code"),
    sa.ForeignKeyConstraint(
        ["round_id", "credit_code"],
        ["recognitions.round_id", "recognitions.credit_code"],
        name="fk_brands_recognition",
    ),
    # Lets a ban say by a foreign key that it is the ban of this revocation and no other (B12).
    sa.UniqueConstraint("id", "credit_code", "ended_on", "may_apply_again_on"),
    sa.CheckConstraint("tier IN ('city', 'district')", name="tier_known"),
    sa.CheckConstraint("state IN ('active', 'ended', 'revoked')", name="state_known"),
    sa.CheckConstraint("(state = 'active') = (ended_on IS NULL)", name="end_has_day"),
    sa.CheckConstraint(
        "(state = 'revoked') = (may_apply_again_on IS NOT NULL)", name="only_revoked_is_banned"
    ),
    sa.CheckConstraint("ended_on >= recognised_on", name="ends_after_beginning"),
    sa.CheckConstraint("may_apply_again_on > ended_on", name="ban_after_revocation"),
    sa.Index(
        "uq_brands_one_active", "credit_code", unique=True, postgresql_where=sa.text("state = 'active'")
    ),
    sa.Index(None, "credit_code", "recognised_on"),
    # The migration adds EXCLUDE: no brand overlaps another of its credit code, nor the ban after it (D07).
)
