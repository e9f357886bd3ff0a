"""Blind scores, the own pass marks of parts, and how long a result may be disputed."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# A part that has no mark of its own is compared with NULL, and so never fails.
_REACHES_MARKS = """
CREATE FUNCTION reaches_marks(score int, pass_mark int, part_points jsonb, parts jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE RETURN score >= pass_mark AND NOT EXISTS (
  SELECT FROM jsonb_array_elements(parts) AS part
  WHERE (part_points ->> (part ->> 'code'))::int < (part ->> 'pass_mark')::int)
"""
# The row of the evaluation is locked by who scores or confirms, so that nobody adds a score meanwhile.
_STAND_ON_BLIND_SCORES = """
CREATE FUNCTION stand_on_blind_scores() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM blind_scores WHERE evaluation_id = NEW.id) < 2 THEN
    RAISE EXCEPTION 'a result stands on two blind scores or more' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT FROM blind_scores WHERE evaluation_id = NEW.id
             AND (person_key = NEW.confirmed_by_key OR scored_by = NEW.confirmed_by)) THEN
    RAISE EXCEPTION 'who scored blind does not confirm' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""
_RUBRIC = (
    "pass_mark",
    "most_retakes",
    "retake_months",
    "dispute_days",
    "most_difference",
    "norm_version",
    "parts",
)


def upgrade() -> None:
    """Norms and evaluations say more; blind scores are kept, once a person (T05, C04)."""
    for name in ("most_difference", "dispute_days"):
        op.add_column("evaluation_norms", sa.Column(name, sa.SmallInteger(), nullable=True))
    op.add_column("evaluations", sa.Column("most_difference", sa.SmallInteger(), nullable=True))
    # A confirmed evaluation takes no UPDATE; the default gives the rows of before their number.
    op.add_column(
        "evaluations", sa.Column("dispute_days", sa.SmallInteger(), server_default="15", nullable=False)
    )
    op.alter_column("evaluations", "dispute_days", server_default=None)
    op.execute(_REACHES_MARKS)
    _checks()
    _blind_scores()
    _protect()


def _checks() -> None:
    for name in ("state", "scored_is_complete", "passed_follows_score"):
        op.drop_constraint(op.f(f"ck_evaluations_{name}"), "evaluations")
    for name, condition in {
        "state": "state IN ('open', 'second_wanted', 'third_wanted', 'scored', 'confirmed')",
        "dispute_days": "dispute_days > 0",
        "blind_has_parts": "most_difference IS NULL OR parts IS NOT NULL",
        "scored_is_complete": "num_nonnulls(score, comment, scored_by, scored_by_key, scored_at, "
        "evaluated_on) = CASE WHEN state IN ('open', 'second_wanted', 'third_wanted') THEN 0 ELSE 6 END",
        "passed_follows_score": "passed = reaches_marks(score, pass_mark, part_points, parts)",
    }.items():
        op.create_check_constraint(op.f(f"ck_evaluations_{name}"), "evaluations", condition)


def _blind_scores() -> None:
    op.create_table(
        "blind_scores",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("part_points", postgresql.JSONB(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("scored_by", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f("ck_blind_scores_place")),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_blind_scores_points")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=op.f("fk_blind_scores_evaluation_id")
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "place", name=op.f("pk_blind_scores")),
        sa.UniqueConstraint(
            "evaluation_id", "person_key", name=op.f("uq_blind_scores_evaluation_id_person_key")
        ),
        sa.UniqueConstraint(
            "evaluation_id", "scored_by", name=op.f("uq_blind_scores_evaluation_id_scored_by")
        ),
    )
    only_grows("blind_scores")


def _protect() -> None:
    op.execute(_STAND_ON_BLIND_SCORES)
    op.execute(
        "CREATE TRIGGER stand_on_blind_scores BEFORE UPDATE ON evaluations FOR EACH ROW "
        "WHEN (NEW.most_difference IS NOT NULL AND NEW.score IS NOT NULL) "
        "EXECUTE FUNCTION stand_on_blind_scores()"
    )
    old, new = (", ".join(f"{row}.{name}" for name in _RUBRIC) for row in ("OLD", "NEW"))
    op.execute("DROP TRIGGER rubric_stands ON evaluations")
    op.execute(
        f"CREATE TRIGGER rubric_stands BEFORE UPDATE ON evaluations FOR EACH ROW "
        f"WHEN (({new}) IS DISTINCT FROM ({old})) EXECUTE FUNCTION refuse_change()"
    )
