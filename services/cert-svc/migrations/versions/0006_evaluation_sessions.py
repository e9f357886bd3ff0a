"""Evaluation sessions, who evaluates at them, and their candidates."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = ("id", "starts_at", "ends_at", "live")


def upgrade() -> None:
    """Creates the tables and forbids what must never happen (T06, C04)."""
    _sessions()
    _evaluators()
    _candidates()
    # Whole classes are put on a session.
    op.create_index(op.f("ix_completions_class_id"), "completions", ["class_id"], unique=False)
    _protect()


def _sessions() -> None:
    op.create_table(
        "evaluation_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.SmallInteger(), nullable=False),
        sa.Column("candidates", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_evaluation_sessions_times")),
        sa.CheckConstraint("candidates BETWEEN 0 AND capacity", name=op.f("ck_evaluation_sessions_capacity")),
        sa.CheckConstraint(
            "state IN ('planned', 'held', 'cancelled')", name=op.f("ck_evaluation_sessions_state")
        ),
        sa.CheckConstraint("live = (state <> 'cancelled')", name=op.f("ck_evaluation_sessions_live")),
        sa.CheckConstraint(
            "num_nonnulls(closed_at, closed_by) = CASE state WHEN 'held' THEN 2 ELSE 0 END",
            name=op.f("ck_evaluation_sessions_closed"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(cancelled_at, cancelled_by, cancel_reason) = "
            "CASE state WHEN 'cancelled' THEN 3 ELSE 0 END",
            name=op.f("ck_evaluation_sessions_cancelled"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["evaluation_bodies.id"], name=op.f("fk_evaluation_sessions_body_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_sessions")),
        sa.UniqueConstraint(*_TIME, name="uq_evaluation_sessions_time"),
    )
    for column in ("body_id", "district", "project_code", "starts_at"):
        op.create_index(
            op.f(f"ix_evaluation_sessions_{column}_id"), "evaluation_sessions", [column, "id"], unique=False
        )


def _evaluators() -> None:
    op.create_table(
        "session_evaluators",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("evaluator_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluator_id"], ["evaluators.id"], name=op.f("fk_session_evaluators_evaluator_id")
        ),
        _of_session("session_evaluators"),
        sa.PrimaryKeyConstraint("session_id", "evaluator_id", name=op.f("pk_session_evaluators")),
    )
    op.execute(
        "ALTER TABLE session_evaluators ADD CONSTRAINT one_session_at_a_time EXCLUDE USING gist "
        "(person_key WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (live)"
    )


def _candidates() -> None:
    op.create_table(
        "session_candidates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("remove_reason", sa.Text(), nullable=True),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("presence_note", sa.Text(), nullable=True),
        sa.Column("presence_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("presence_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(removed_at, removed_by, remove_reason) IN (0, 3)",
            name=op.f("ck_session_candidates_removed"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(present, presence_note, presence_at, presence_by) IN (0, 4)",
            name=op.f("ck_session_candidates_presence"),
        ),
        sa.CheckConstraint(
            "removed_at IS NULL OR present IS NULL", name=op.f("ck_session_candidates_removed_or_present")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=op.f("fk_session_candidates_evaluation_id")
        ),
        _of_session("session_candidates"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_candidates")),
    )
    op.create_index(
        "uq_session_candidates_seated",
        "session_candidates",
        ["evaluation_id"],
        unique=True,
        postgresql_where=sa.text("live AND removed_at IS NULL AND present IS NOT FALSE"),
    )
    for column in ("session_id", "evaluation_id", "person_key"):
        op.create_index(
            op.f(f"ix_session_candidates_{column}_id"), "session_candidates", [column, "id"], unique=False
        )
    op.execute(
        "ALTER TABLE session_candidates ADD CONSTRAINT candidate_at_one_session EXCLUDE USING gist "
        "(person_key WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (live AND removed_at IS NULL)"
    )


def _of_session(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session_id", *_TIME[1:]],
        [f"evaluation_sessions.{column}" for column in _TIME],
        name=f"fk_{table}_session",
        onupdate="CASCADE",
    )


def _protect() -> None:
    for table in ("evaluation_sessions", "session_candidates"):
        op.execute(
            f"CREATE TRIGGER nothing_deleted BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER what_is_over_stands BEFORE UPDATE ON evaluation_sessions "
        "FOR EACH ROW WHEN (OLD.state <> 'planned') EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER removed_stands BEFORE UPDATE ON session_candidates FOR EACH ROW "
        "WHEN (OLD.removed_at IS NOT NULL "
        "AND (NEW.removed_at, NEW.removed_by, NEW.remove_reason, NEW.version) IS DISTINCT FROM "
        "(OLD.removed_at, OLD.removed_by, OLD.remove_reason, OLD.version)) "
        "EXECUTE FUNCTION refuse_change()"
    )
