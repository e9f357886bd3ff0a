"""Evaluation norms, and what each evaluation is frozen to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The numbers of every evaluation opened before (D12).
_BEFORE = {"most_retakes": "2", "retake_months": "6"}


def upgrade() -> None:
    """Creates the table, and the columns that keep what the norm said on the day (T05, D12)."""
    op.create_table(
        "evaluation_norms",
        sa.Column("norm_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("pass_mark", sa.SmallInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("most_retakes", sa.SmallInteger(), nullable=False),
        sa.Column("retake_months", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("norm_id", name=op.f("pk_evaluation_norms")),
        sa.UniqueConstraint("project_code", "version", name=op.f("uq_evaluation_norms_project_code_version")),
    )
    # A confirmed evaluation takes no UPDATE; a default gives the rows of before their numbers.
    for name, value in _BEFORE.items():
        op.add_column("evaluations", sa.Column(name, sa.SmallInteger(), server_default=value, nullable=False))
        op.alter_column("evaluations", name, server_default=None)
    op.add_column("evaluations", sa.Column("norm_version", sa.Text(), nullable=True))
    for name in ("parts", "part_points"):
        op.add_column("evaluations", sa.Column(name, postgresql.JSONB(), nullable=True))
    for name, condition in {
        "retakes": "most_retakes >= 0 AND retake_months > 0",
        "norm_has_parts": "(norm_version IS NULL) = (parts IS NULL)",
        "parts_are_scored": "(part_points IS NULL) = (parts IS NULL OR score IS NULL)",
    }.items():
        op.create_check_constraint(op.f(f"ck_evaluations_{name}"), "evaluations", condition)
    # What an evaluation is measured by never changes under way.
    op.execute(
        "CREATE TRIGGER rubric_stands BEFORE UPDATE ON evaluations FOR EACH ROW "
        "WHEN ((NEW.pass_mark, NEW.most_retakes, NEW.retake_months, NEW.norm_version, NEW.parts) "
        "IS DISTINCT FROM (OLD.pass_mark, OLD.most_retakes, OLD.retake_months, OLD.norm_version, OLD.parts)) "
        "EXECUTE FUNCTION refuse_change()"
    )
