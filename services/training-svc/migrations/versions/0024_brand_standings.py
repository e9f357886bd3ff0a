"""How institutions stand as quality brands, and what was told of an inactive one's site and teachers."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Keeps what brand-svc tells (B09, B11), and lets an inactivity be told again where it changes (X4)."""
    op.create_table(
        "brand_standings",
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'ended', 'revoked')", name=op.f("ck_brand_standings_state")),
        sa.CheckConstraint("(state = 'active') = (tier IS NOT NULL)", name=op.f("ck_brand_standings_tier")),
        sa.PrimaryKeyConstraint("credit_code", name=op.f("pk_brand_standings")),
    )
    op.add_column("institutions", sa.Column("inactive_has_site", sa.Boolean()))
    op.add_column("institutions", sa.Column("inactive_full_time", sa.Integer()))


def downgrade() -> None:
    """Takes them away again."""
    op.drop_column("institutions", "inactive_full_time")
    op.drop_column("institutions", "inactive_has_site")
    op.drop_table("brand_standings")
