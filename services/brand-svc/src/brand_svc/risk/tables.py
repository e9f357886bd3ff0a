"""How many signals each institution has, by month, source and ground; a trigger on ``signals`` keeps it."""

import sqlalchemy as sa

from brand_svc.schema import metadata

signal_tallies = sa.Table(
    "signal_tallies",
    metadata,
    sa.Column("credit_code", sa.Text, primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    # Empty where the signals are on no ground.
    sa.Column("ground", sa.Text, primary_key=True),
    sa.Column("signals", sa.Integer, nullable=False),
    sa.CheckConstraint("signals > 0", name="something"),
)
