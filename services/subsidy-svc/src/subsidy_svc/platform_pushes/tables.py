"""The queue of pushes: a row for each change of a claim that came through the city's platform."""

import sqlalchemy as sa

from subsidy_svc.claims.tables import STORED_STATES
from subsidy_svc.platform_pushes.lifecycle import State
from subsidy_svc.schema import metadata, one_of

HOLDS_BACK = "state IN ('waiting', 'given_up')"

pushes = sa.Table(
    "platform_pushes",
    metadata,
    # What the platform knows the message by, the same at each try.
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False),
    # The claim's version: the order of the pushes of one claim.
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("claim_state", sa.Text, nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("article", sa.Text),
    sa.Column("due_on", sa.Date),
    sa.Column("notice_last_day", sa.Date),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # By the database's clock, as a lease is: the service's own may be moved.
    sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_error", sa.Text),
    sa.Column("delivered_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("claim_id", "number"),
    sa.CheckConstraint(one_of("claim_state", STORED_STATES), name="claim_state"),
    sa.CheckConstraint(one_of("state", State), name="state"),
    sa.CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered"),
    sa.Index("ix_platform_pushes_due", "next_try_at", postgresql_where=sa.text("state = 'waiting'")),
    sa.Index("ix_platform_pushes_holding_back", "claim_id", "number", postgresql_where=sa.text(HOLDS_BACK)),
    sa.Index("ix_platform_pushes_state", "state", "changed_at", "id"),
    sa.Index("ix_platform_pushes_changed", "changed_at", "id"),
)

IS_WAITING = sa.text("platform_pushes.state = 'waiting'")
