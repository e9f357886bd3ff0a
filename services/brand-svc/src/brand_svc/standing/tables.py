"""The standing of a credit code: the row that every change of it locks, and its bans (禁止申报期)."""

import sqlalchemy as sa

from brand_svc.schema import metadata

standings = sa.Table(
    "standings",
    metadata,
    sa.Column("credit_code", sa.Text, primary_key=True),
)

bans = sa.Table(
    "bans",
    metadata,
    sa.Column("brand_id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, sa.ForeignKey("exit_cases.id"), nullable=False, unique=True),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("revoked_on", sa.Date, nullable=False),
    sa.Column("may_apply_again_on", sa.Date, nullable=False),
    sa.Column("parameters_version", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(
        ["brand_id", "credit_code", "revoked_on", "may_apply_again_on"],
        ["brands.id", "brands.credit_code", "brands.ended_on", "brands.may_apply_again_on"],
    ),
    sa.Index(None, "credit_code"),
)
