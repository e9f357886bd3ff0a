"""The table of supplements: what the office asked for, and what the person gave."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from subsidy_svc.schema import metadata

supplements = sa.Table(
    "supplements",
    metadata,
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), primary_key=True),
    sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("missing", JSONB, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("answers_encrypted", sa.Text),
    sa.Column("given_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("number >= 1", name="number"),
    sa.CheckConstraint("(answers_encrypted IS NULL) = (given_at IS NULL)", name="given"),
    # One awaited at a time.
    sa.Index("uq_supplements_awaited", "claim_id", unique=True, postgresql_where=sa.text("given_at IS NULL")),
)
