"""What the business registry told of a trainee's firm (创业组织) at enrolment; once told it never changes."""

import sqlalchemy as sa

from training_svc.schema import metadata

enterprise_snapshots = sa.Table(
    "enterprise_snapshots",
    metadata,
    sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), primary_key=True),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("registered_on", sa.Date),
    sa.Column("roles", sa.ARRAY(sa.Text)),
    sa.Column("shareholding_basis_points", sa.Integer),
    # When a pending one is asked for again.
    sa.Column("next_try_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('pending', 'known', 'unknown')", name="state"),
    sa.CheckConstraint(
        "num_nonnulls(name, registered_on, roles) = CASE state WHEN 'known' THEN 3 ELSE 0 END", name="known"
    ),
    sa.CheckConstraint("(state = 'pending') = (next_try_at IS NOT NULL)", name="pending"),
    sa.CheckConstraint(
        "shareholding_basis_points IS NULL"
        " OR (shareholding_basis_points BETWEEN 0 AND 10000 AND state = 'known')",
        name="shareholding",
    ),
    sa.Index("ix_enterprise_snapshots_pending", "next_try_at", postgresql_where=sa.text("state = 'pending'")),
)
