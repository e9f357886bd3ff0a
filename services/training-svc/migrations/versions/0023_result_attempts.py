"""The attempts behind each result, so that a corrected or void evaluation changes it rightly."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

# Of what was told before only the sum is known: one attempt with what came of it, the others failed.
_BEFORE = """
INSERT INTO result_attempts (enrolment_id, passed, evaluated_on, voided)
SELECT enrolment_id, passed AND number = 1, evaluated_on, false
FROM results, generate_series(1, attempts) AS number
"""


def upgrade() -> None:
    """A result is reckoned from its attempts (T08)."""
    op.create_table(
        "result_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_result_attempts_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_attempts")),
        sa.UniqueConstraint("evaluation_id", name=op.f("uq_result_attempts_evaluation_id")),
    )
    op.create_index(op.f("ix_result_attempts_enrolment_id_id"), "result_attempts", ["enrolment_id", "id"])
    op.execute(_BEFORE)
