"""Feedback of trainees: rounds, invitations, tokens, answers and results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Creates the tables; no row of them joins an answer to a person (T06)."""
    _rounds()
    _invitations()
    _answers()
    # The timer looks for classes that ended lately.
    op.create_index("ix_classes_ends_on", "classes", ["ends_on"], unique=False)


def _rounds() -> None:
    op.create_table(
        "feedback_rounds",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("scores", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(answers, points, scores) IN (0, 3)", name=op.f("ck_feedback_rounds_results")
        ),
        sa.CheckConstraint("answers IS NULL OR closed_on IS NOT NULL", name=op.f("ck_feedback_rounds_shown")),
        sa.CheckConstraint("answers <= invited", name=op.f("ck_feedback_rounds_answers")),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_feedback_rounds_class_id"),
        sa.PrimaryKeyConstraint("class_id", name="pk_feedback_rounds"),
    )
    op.create_index(
        "ix_feedback_rounds_due",
        "feedback_rounds",
        ["last_day"],
        unique=False,
        postgresql_where=sa.text("closed_on IS NULL"),
    )


def _invitations() -> None:
    op.create_table(
        "feedback_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["feedback_rounds.class_id"], name="fk_feedback_invitations_class_id"
        ),
        sa.ForeignKeyConstraint(
            ["class_id", "enrolment_id"],
            ["enrolments.class_id", "enrolments.id"],
            name="fk_feedback_invitations_class_id_enrolment_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback_invitations"),
        sa.UniqueConstraint("class_id", "enrolment_id", name="uq_feedback_invitations_class_id_enrolment_id"),
    )
    op.create_index(
        "ix_feedback_invitations_enrolment_id", "feedback_invitations", ["enrolment_id"], unique=False
    )
    op.create_table(
        "feedback_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["feedback_rounds.class_id"], name="fk_feedback_tokens_class_id"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_feedback_tokens"),
    )
    op.create_index("ix_feedback_tokens_class_id", "feedback_tokens", ["class_id"], unique=False)


def _answers() -> None:
    op.create_table(
        "feedback_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint("length(comment) BETWEEN 1 AND 1000", name=op.f("ck_feedback_answers_comment")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["feedback_rounds.class_id"], name="fk_feedback_answers_class_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback_answers"),
    )
    op.create_index("ix_feedback_answers_class_id_id", "feedback_answers", ["class_id", "id"], unique=False)
    op.create_table(
        "feedback_results",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["feedback_rounds.class_id"], name="fk_feedback_results_class_id"
        ),
        sa.PrimaryKeyConstraint("class_id", "question", name="pk_feedback_results"),
    )
