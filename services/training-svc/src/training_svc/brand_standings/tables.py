"""How institutions stand as quality brands (培训优质品牌), as brand-svc told it last."""

import sqlalchemy as sa

from training_svc.schema import metadata

brand_standings = sa.Table(
    "brand_standings",
    metadata,
    sa.Column("credit_code", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tier", sa.Text),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('active', 'ended', 'revoked')", name="state"),
    sa.CheckConstraint("(state = 'active') = (tier IS NOT NULL)", name="tier"),
)
