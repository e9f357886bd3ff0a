"""The table of budgets: what may be paid, and what is drawn already."""

import sqlalchemy as sa

from subsidy_svc.ledger.chart import FundLine
from subsidy_svc.schema import metadata, one_of

budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("fund_line", sa.Text, nullable=False),
    sa.Column("fund_year", sa.SmallInteger, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    # Payable and paid: a trigger of the ledger keeps it, so that no two seals can overdraw the budget.
    sa.Column("drawn_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("district", "fund_line", "fund_year"),
    sa.CheckConstraint(one_of("fund_line", FundLine), name="fund_line"),
    sa.CheckConstraint("amount_fen >= 0", name="amount_fen"),
    sa.CheckConstraint("drawn_fen BETWEEN 0 AND amount_fen", name="overdrawn"),
)
