"""Confirmation jobs, and what became of each of their evaluations; triggers forbid deleting either.

A line has its outcome once: a trigger forbids changing it then.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from cert_svc.schema import metadata

confirmation_jobs = sa.Table(
    "confirmation_jobs",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("body_id", sa.Uuid, sa.ForeignKey("evaluation_bodies.id"), nullable=False),
    sa.Column("class_id", sa.Uuid),
    sa.Column("session_id", sa.Uuid, sa.ForeignKey("evaluation_sessions.id")),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_by_key", sa.Text, nullable=False),
    sa.Column("credit_code", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("confirmed", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("num_nonnulls(class_id, session_id) = 1", name="class_or_session"),
    sa.CheckConstraint("state IN ('received', 'working', 'done')", name="state"),
    sa.CheckConstraint("(finished_at IS NOT NULL) = (state = 'done')", name="finished"),
    sa.CheckConstraint(
        "total > 0 AND least(confirmed, refused) >= 0 AND confirmed + refused <= total "
        "AND (confirmed + refused = total) = (state = 'done')",
        name="counts",
    ),
    sa.Index(None, "body_id", "id"),
    sa.Index("ix_confirmation_jobs_due", "due_at", "id", postgresql_where=sa.text("state <> 'done'")),
)

confirmation_lines = sa.Table(
    "confirmation_lines",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("job_id", sa.Uuid, sa.ForeignKey("confirmation_jobs.id"), nullable=False),
    sa.Column("evaluation_id", sa.Uuid, sa.ForeignKey("evaluations.id"), nullable=False),
    # The version of the evaluation whose score was to be confirmed.
    sa.Column("evaluation_version", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True)),
    # Why it was refused: code, text in both languages, and the rules that failed.
    sa.Column("refusal", postgresql.JSONB),
    sa.UniqueConstraint("job_id", "evaluation_id"),
    sa.CheckConstraint("outcome IN ('waiting', 'confirmed', 'refused')", name="outcome"),
    sa.CheckConstraint("(at IS NULL) = (outcome = 'waiting')", name="at"),
    sa.CheckConstraint("(refusal IS NOT NULL) = (outcome = 'refused')", name="refusal"),
    sa.Index(None, "job_id", "id"),
    sa.Index(
        "ix_confirmation_lines_waiting",
        "job_id",
        "evaluation_id",
        postgresql_where=sa.text("outcome = 'waiting'"),
    ),
)
