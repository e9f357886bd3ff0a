"""The candidates of evaluation sessions; a row ends by being taken off, a trigger forbids deleting one.

That nobody is a candidate of two sessions at once is held by an EXCLUDE constraint in the migration.
"""

import sqlalchemy as sa

from cert_svc.schema import metadata

session_candidates = sa.Table(
    "session_candidates",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("session_id", sa.Uuid, nullable=False),
    sa.Column("evaluation_id", sa.Uuid, sa.ForeignKey("evaluations.id"), nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("removed_at", sa.DateTime(timezone=True)),
    sa.Column("removed_by", sa.Text),
    sa.Column("remove_reason", sa.Text),
    sa.Column("present", sa.Boolean),
    sa.Column("presence_note", sa.Text),
    sa.Column("presence_at", sa.DateTime(timezone=True)),
    sa.Column("presence_by", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["session_id", "starts_at", "ends_at", "live"],
        [
            "evaluation_sessions.id",
            "evaluation_sessions.starts_at",
            "evaluation_sessions.ends_at",
            "evaluation_sessions.live",
        ],
        name="fk_session_candidates_session",
        onupdate="CASCADE",
    ),
    sa.CheckConstraint("num_nonnulls(removed_at, removed_by, remove_reason) IN (0, 3)", name="removed"),
    sa.CheckConstraint(
        "num_nonnulls(present, presence_note, presence_at, presence_by) IN (0, 4)", name="presence"
    ),
    sa.CheckConstraint("removed_at IS NULL OR present IS NULL", name="removed_or_present"),
    # An evaluation is on one session at a time; who was absent may be put on the next one.
    sa.Index(
        "uq_session_candidates_seated",
        "evaluation_id",
        unique=True,
        postgresql_where=sa.text("live AND removed_at IS NULL AND present IS NOT FALSE"),
    ),
    sa.Index(None, "session_id", "id"),
    sa.Index(None, "evaluation_id", "id"),
    sa.Index(None, "person_key", "id"),
)
