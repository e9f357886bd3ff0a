"""Lanes (投递通道), one an endpoint: who serves it, and how it has answered lately."""

import sqlalchemy as sa

from webhook_svc.schema import metadata

lanes = sa.Table(
    "lanes",
    metadata,
    sa.Column("endpoint_id", sa.Uuid, sa.ForeignKey("endpoints.id"), primary_key=True),
    # One process serves an endpoint at a time: rate, order and what is in flight are its own to keep.
    sa.Column("leased_by", sa.Uuid),
    # In the time of the database, which nobody moves.
    sa.Column("leased_until", sa.DateTime(timezone=True)),
    sa.Column("held_until", sa.DateTime(timezone=True)),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failing_since", sa.DateTime(timezone=True)),
    sa.Column("last_success_at", sa.DateTime(timezone=True)),
    sa.Column("last_failure_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("(failures = 0) = (failing_since IS NULL)", name="failing_since_the_first"),
)
