"""Confirmation jobs and what became of each of their evaluations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the tables and forbids what must never happen (C04)."""
    _jobs()
    _lines()
    for table in ("confirmation_jobs", "confirmation_lines"):
        op.execute(
            f"CREATE TRIGGER nothing_deleted BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER done_stands BEFORE UPDATE ON confirmation_jobs "
        "FOR EACH ROW WHEN (OLD.state = 'done') EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER outcome_stands BEFORE UPDATE ON confirmation_lines "
        "FOR EACH ROW WHEN (OLD.outcome <> 'waiting') EXECUTE FUNCTION refuse_change()"
    )


def _jobs() -> None:
    op.create_table(
        "confirmation_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_by_key", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(class_id, session_id) = 1", name=op.f("ck_confirmation_jobs_class_or_session")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'working', 'done')", name=op.f("ck_confirmation_jobs_state")
        ),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (state = 'done')", name=op.f("ck_confirmation_jobs_finished")
        ),
        sa.CheckConstraint(
            "total > 0 AND least(confirmed, refused) >= 0 AND confirmed + refused <= total "
            "AND (confirmed + refused = total) = (state = 'done')",
            name=op.f("ck_confirmation_jobs_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["evaluation_bodies.id"], name=op.f("fk_confirmation_jobs_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["evaluation_sessions.id"], name=op.f("fk_confirmation_jobs_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_jobs")),
    )
    op.create_index(
        op.f("ix_confirmation_jobs_body_id_id"), "confirmation_jobs", ["body_id", "id"], unique=False
    )
    op.create_index(
        "ix_confirmation_jobs_due",
        "confirmation_jobs",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'done'"),
    )


def _lines() -> None:
    op.create_table(
        "confirmation_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'confirmed', 'refused')", name=op.f("ck_confirmation_lines_outcome")
        ),
        sa.CheckConstraint("(at IS NULL) = (outcome = 'waiting')", name=op.f("ck_confirmation_lines_at")),
        sa.CheckConstraint(
            "(refusal IS NOT NULL) = (outcome = 'refused')", name=op.f("ck_confirmation_lines_refusal")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["confirmation_jobs.id"], name=op.f("fk_confirmation_lines_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=op.f("fk_confirmation_lines_evaluation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_lines")),
        sa.UniqueConstraint(
            "job_id", "evaluation_id", name=op.f("uq_confirmation_lines_job_id_evaluation_id")
        ),
    )
    op.create_index(
        op.f("ix_confirmation_lines_job_id_id"), "confirmation_lines", ["job_id", "id"], unique=False
    )
    op.create_index(
        "ix_confirmation_lines_waiting",
        "confirmation_lines",
        ["job_id", "evaluation_id"],
        unique=False,
        postgresql_where=sa.text("outcome = 'waiting'"),
    )
