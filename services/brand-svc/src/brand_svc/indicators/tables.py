"""Counted facts of institutions, and how many there are of each kind in each year (B04).

A trigger keeps the counts with every change of the facts, in the same statement; no fact is ever deleted.
"""

import sqlalchemy as sa

from brand_svc.policy.indicators import FactKind
from brand_svc.schema import metadata

_KINDS = ", ".join(f"'{kind}'" for kind in FactKind)

indicator_facts = sa.Table(
    "indicator_facts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    # Of what it tells: an evaluation, an enrolment, a class, a complaint, a certificate, a finding.
    sa.Column("reference", sa.Uuid, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Column("counts", sa.Boolean, nullable=False),
    # The event that told it last: whatever was told before it has no effect any more.
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("kind", "reference"),
    sa.CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
    sa.CheckConstraint("amount >= 0", name="amount"),
    sa.Index(None, "credit_code", "kind", "day", "id"),
    sa.Index(None, "credit_code", "day", "id"),
    sa.Index(None, "credit_code", "id"),
)

indicator_counts = sa.Table(
    "indicator_counts",
    metadata,
    sa.Column("credit_code", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("facts", sa.Integer, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.CheckConstraint("facts >= 0 AND amount >= 0", name="not_below_nothing"),
)
