"""The table of recoveries."""

import sqlalchemy as sa

from subsidy_svc.schema import metadata, one_of

recoveries = sa.Table(
    "recoveries",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False, unique=True),
    sa.Column("certificate_id", sa.Uuid, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("fund_year", sa.SmallInteger, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.CheckConstraint(one_of("cause", ("certificate_revoked",)), name="cause"),
    sa.CheckConstraint(one_of("state", ("open",)), name="state"),
    sa.CheckConstraint("amount_fen > 0", name="amount_fen"),
    sa.Index("ix_recoveries_district", "district", "id"),
)
