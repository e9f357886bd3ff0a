"""The table of public notices."""

from enum import StrEnum

import sqlalchemy as sa

from subsidy_svc.schema import metadata


class Standing(StrEnum):
    """Which notices are asked for: those that run or are held (公示中、核查中), or ended (已结束)."""

    CURRENT = "current"
    PAST = "past"


# Frozen at publication; a trigger lets nothing change but a provisional last day, once, and never to an
# earlier one (D13, D04).
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False, unique=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("project_name", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("last_day_provisional", sa.Boolean, nullable=False),
    sa.CheckConstraint("last_day >= first_day", name="period"),
    sa.Index("ix_notices_district", "district", "id"),
    sa.Index("ix_notices_provisional", "first_day", postgresql_where=sa.text("last_day_provisional")),
)
