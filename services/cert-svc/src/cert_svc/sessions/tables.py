"""Evaluation sessions, and who evaluates at them; triggers forbid deleting one and changing one that is over.

That nobody evaluates at two sessions at once is held by an EXCLUDE constraint in the migration.
"""

import sqlalchemy as sa

from cert_svc.schema import metadata

evaluation_sessions = sa.Table(
    "evaluation_sessions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("body_id", sa.Uuid, sa.ForeignKey("evaluation_bodies.id"), nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("capacity", sa.SmallInteger, nullable=False),
    sa.Column("candidates", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("planned_by", sa.Text, nullable=False),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("closed_by", sa.Text),
    sa.Column("cancelled_at", sa.DateTime(timezone=True)),
    sa.Column("cancelled_by", sa.Text),
    sa.Column("cancel_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    # The time of its evaluators and candidates is the session's.
    sa.UniqueConstraint("id", "starts_at", "ends_at", "live", name="uq_evaluation_sessions_time"),
    sa.CheckConstraint("starts_at < ends_at", name="times"),
    sa.CheckConstraint("candidates BETWEEN 0 AND capacity", name="capacity"),
    sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="state"),
    sa.CheckConstraint("live = (state <> 'cancelled')", name="live"),
    sa.CheckConstraint(
        "num_nonnulls(closed_at, closed_by) = CASE state WHEN 'held' THEN 2 ELSE 0 END", name="closed"
    ),
    sa.CheckConstraint(
        "num_nonnulls(cancelled_at, cancelled_by, cancel_reason) = "
        "CASE state WHEN 'cancelled' THEN 3 ELSE 0 END",
        name="cancelled",
    ),
    sa.Index(None, "body_id", "id"),
    sa.Index(None, "district", "id"),
    sa.Index(None, "project_code", "id"),
    sa.Index(None, "starts_at", "id"),
)

session_evaluators = sa.Table(
    "session_evaluators",
    metadata,
    sa.Column("session_id", sa.Uuid, primary_key=True),
    sa.Column("evaluator_id", sa.Uuid, sa.ForeignKey("evaluators.id"), primary_key=True),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.ForeignKeyConstraint(
        ["session_id", "starts_at", "ends_at", "live"],
        [
            "evaluation_sessions.id",
            "evaluation_sessions.starts_at",
            "evaluation_sessions.ends_at",
            "evaluation_sessions.live",
        ],
        name="fk_session_evaluators_session",
        onupdate="CASCADE",
    ),
)
