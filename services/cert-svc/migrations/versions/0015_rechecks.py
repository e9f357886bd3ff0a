"""Draws of evaluations to be checked again, and the re-checks themselves."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# What a draw found, and what a check came to, never change.
_FROZEN = (
    "draw_id",
    "evaluation_id",
    "district",
    "body_id",
    "evaluated_on",
    "original_points",
    "original_passed",
    "most_difference",
)
_GIVEN_ONCE = (
    "points",
    "part_points",
    "comment",
    "passed",
    "agrees",
    "checked_by",
    "checked_at",
    "checker_key",
)


def upgrade() -> None:
    """Creates the tables and forbids what must never happen (C05)."""
    _draws()
    _rechecks()
    # A draw takes a district's evaluations of a period.
    op.create_index(
        op.f("ix_evaluations_district_evaluated_on"),
        "evaluations",
        ["district", "evaluated_on"],
        unique=False,
    )
    _protect()


def _draws() -> None:
    op.create_table(
        "recheck_draws",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=True),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("population", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("drawn", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_recheck_draws_days")),
        sa.CheckConstraint("num_nonnulls(count, percent) = 1", name=op.f("ck_recheck_draws_size")),
        sa.CheckConstraint(
            "cardinality(drawn) > 0 AND drawn <@ population", name=op.f("ck_recheck_draws_drawn")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["evaluation_bodies.id"], name=op.f("fk_recheck_draws_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recheck_draws")),
    )
    op.create_index(op.f("ix_recheck_draws_district_id"), "recheck_draws", ["district", "id"], unique=False)


def _rechecks() -> None:
    op.create_table(
        "rechecks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("original_points", sa.SmallInteger(), nullable=False),
        sa.Column("original_passed", sa.Boolean(), nullable=False),
        sa.Column("most_difference", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("checker_key", sa.Text(), nullable=True),
        sa.Column("checker_masked_name", sa.Text(), nullable=True),
        sa.Column("checker_name_encrypted", sa.Text(), nullable=True),
        sa.Column("checker_id_number_encrypted", sa.Text(), nullable=True),
        sa.Column("points", sa.SmallInteger(), nullable=True),
        sa.Column("part_points", postgresql.JSONB(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_checks(),
        sa.ForeignKeyConstraint(["draw_id"], ["recheck_draws.id"], name=op.f("fk_rechecks_draw_id")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=op.f("fk_rechecks_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["evaluation_bodies.id"], name=op.f("fk_rechecks_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rechecks")),
        sa.UniqueConstraint("evaluation_id", name=op.f("uq_rechecks_evaluation_id")),
    )
    for columns in (
        ["district", "id"],
        ["draw_id", "id"],
        ["body_id", "evaluated_on"],
        ["checker_key", "id"],
        ["evaluated_on", "id"],
    ):
        op.create_index(op.f(f"ix_rechecks_{'_'.join(columns)}"), "rechecks", columns, unique=False)


def _checks() -> tuple[sa.CheckConstraint, ...]:
    conditions = {
        "state": "state IN ('drawn', 'assigned', 'checked', 'closed')",
        "points": "points BETWEEN 0 AND 100 AND original_points BETWEEN 0 AND 100",
        "checker": (
            "num_nonnulls(checker_key, checker_masked_name, checker_name_encrypted, "
            "checker_id_number_encrypted) = CASE state WHEN 'drawn' THEN 0 ELSE 4 END"
        ),
        "checked": (
            "num_nonnulls(points, comment, passed, agrees, checked_by, checked_at) = "
            "CASE WHEN state IN ('checked', 'closed') THEN 6 ELSE 0 END"
        ),
        "closed": (
            "num_nonnulls(conclusion, closed_by, closed_at) = CASE state WHEN 'closed' THEN 3 ELSE 0 END"
        ),
        "agrees": (
            "agrees = (passed = original_passed AND abs(points - original_points) <= most_difference)"
        ),
        "four_eyes": "closed_by <> checked_by",
    }
    return tuple(
        sa.CheckConstraint(condition, name=op.f(f"ck_rechecks_{name}"))
        for name, condition in conditions.items()
    )


def _protect() -> None:
    only_grows("recheck_draws")
    op.execute(
        "CREATE TRIGGER nothing_deleted BEFORE DELETE OR TRUNCATE ON rechecks "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER what_was_drawn_stands BEFORE UPDATE ON rechecks FOR EACH ROW "
        f"WHEN (({_columns('NEW', _FROZEN)}) IS DISTINCT FROM ({_columns('OLD', _FROZEN)})) "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER what_was_checked_stands BEFORE UPDATE ON rechecks FOR EACH ROW "
        "WHEN (OLD.points IS NOT NULL "
        f"AND ({_columns('NEW', _GIVEN_ONCE)}) IS DISTINCT FROM ({_columns('OLD', _GIVEN_ONCE)})) "
        "EXECUTE FUNCTION refuse_change()"
    )


def _columns(row: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{name}" for name in names)
