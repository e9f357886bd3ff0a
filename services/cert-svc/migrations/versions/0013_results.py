"""Results are published, disputed, corrected and voided; what was scored before stays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_DISPUTABLE = "state IN ('published', 'disputed', 'reviewed')"
# After the result nothing changes but what comes later, and the result itself by the review of a dispute.
_ONLY_GOES_ON = """
CREATE FUNCTION only_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  may_change text[] :=
    ARRAY['state', 'version', 'voided_at', 'voided_by', 'void_reason_code', 'void_note', 'counts']
    || CASE WHEN OLD.state = 'confirmed' AND NEW.state = 'published'
       THEN ARRAY['published_at', 'published_by', 'last_dispute_day'] ELSE ARRAY[]::text[] END
    || CASE WHEN OLD.state = 'disputed' AND NEW.state = 'reviewed'
       THEN ARRAY['score', 'part_points', 'passed'] ELSE ARRAY[]::text[] END;
BEGIN
  IF OLD.state = 'void' OR NEW.state = OLD.state OR NEW.version <> OLD.version + 1
     OR to_jsonb(NEW) - may_change <> to_jsonb(OLD) - may_change THEN
    RAISE EXCEPTION 'a result only goes on' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""
_REVIEWED_BY_ANOTHER = """
CREATE FUNCTION reviewed_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.outcome IS NOT NULL OR EXISTS (
       SELECT FROM evaluations WHERE id = NEW.evaluation_id
         AND (NEW.reviewed_by IN (scored_by, confirmed_by)
              OR NEW.reviewed_by_key IN (scored_by_key, confirmed_by_key)))
     OR EXISTS (
       SELECT FROM blind_scores WHERE evaluation_id = NEW.evaluation_id
         AND (scored_by = NEW.reviewed_by OR person_key = NEW.reviewed_by_key)) THEN
    RAISE EXCEPTION 'a dispute is decided once, by another person' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Keeps each step after the confirmation, and forbids what must never happen (C04, D12)."""
    for name, kind in {
        "published_at": sa.DateTime(timezone=True),
        "published_by": sa.Text(),
        "last_dispute_day": sa.Date(),
        "voided_at": sa.DateTime(timezone=True),
        "voided_by": sa.Text(),
        "void_reason_code": sa.Text(),
        "void_note": sa.Text(),
    }.items():
        op.add_column("evaluations", sa.Column(name, kind, nullable=True))
    op.add_column("evaluations", sa.Column("counts", sa.Boolean(), server_default="true", nullable=False))
    op.alter_column("evaluations", "counts", server_default=None)
    _checks()
    _indexes()
    _disputes()
    _protect()


def _checks() -> None:
    for name in ("state", "scored_is_complete", "confirmed_is_complete"):
        op.drop_constraint(op.f(f"ck_evaluations_{name}"), "evaluations")
    for name, condition in {
        "state": "state IN ('open', 'second_wanted', 'third_wanted', 'scored', 'confirmed', 'published', "
        "'disputed', 'reviewed', 'void')",
        "counts": "counts OR state = 'void'",
        "scored_is_complete": "num_nonnulls(score, comment, scored_by, scored_by_key, scored_at, "
        "evaluated_on) = CASE WHEN state IN ('open', 'second_wanted', 'third_wanted') THEN 0 "
        "WHEN state = 'void' AND score IS NULL THEN 0 ELSE 6 END",
        "confirmed_is_complete": "num_nonnulls(passed, confirmed_by, confirmed_by_key, confirmed_at) = "
        "CASE WHEN state IN ('open', 'second_wanted', 'third_wanted', 'scored') THEN 0 "
        "WHEN state = 'void' AND passed IS NULL THEN 0 ELSE 4 END",
        "published_is_complete": "num_nonnulls(published_at, published_by, last_dispute_day) = "
        f"CASE WHEN {_DISPUTABLE} THEN 3 WHEN state = 'void' AND published_at IS NOT NULL THEN 3 ELSE 0 END",
        "void_is_complete": "num_nonnulls(voided_at, voided_by, void_reason_code, void_note) = "
        "CASE state WHEN 'void' THEN 4 ELSE 0 END",
    }.items():
        op.create_check_constraint(op.f(f"ck_evaluations_{name}"), "evaluations", condition)


def _indexes() -> None:
    op.drop_constraint("uq_evaluations_enrolment_id_attempt", "evaluations")
    op.drop_index("uq_evaluations_not_failed", "evaluations")
    op.create_index(
        "uq_evaluations_attempt",
        "evaluations",
        ["enrolment_id", "attempt"],
        unique=True,
        postgresql_where=sa.text("counts"),
    )
    op.create_index(
        "uq_evaluations_not_failed",
        "evaluations",
        ["enrolment_id"],
        unique=True,
        postgresql_where=sa.text("counts AND passed IS NOT FALSE"),
    )
    op.create_index(op.f("ix_evaluations_enrolment_id_id"), "evaluations", ["enrolment_id", "id"])
    op.create_index(op.f("ix_completions_person_key"), "completions", ["person_key"])


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("grounds_encrypted", sa.Text(), nullable=False),
        sa.Column("disputed_by", sa.Text(), nullable=False),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("review_reason", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_by_key", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score_before", sa.SmallInteger(), nullable=True),
        sa.Column("part_points_before", postgresql.JSONB(), nullable=True),
        sa.Column("passed_before", sa.Boolean(), nullable=True),
        sa.CheckConstraint("outcome IN ('upheld', 'corrected')", name=op.f("ck_disputes_outcome")),
        sa.CheckConstraint(
            "num_nonnulls(outcome, review_reason, reviewed_by, reviewed_by_key, reviewed_at) IN (0, 5)",
            name=op.f("ck_disputes_reviewed_is_complete"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(score_before, passed_before) = "
            "CASE WHEN outcome IS NOT DISTINCT FROM 'corrected' THEN 2 ELSE 0 END",
            name=op.f("ck_disputes_corrected_keeps_what_was"),
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name=op.f("fk_disputes_evaluation_id")
        ),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_disputes")),
    )


def _protect() -> None:
    for function in (_ONLY_GOES_ON, _REVIEWED_BY_ANOTHER):
        op.execute(function)
    op.execute("DROP TRIGGER confirmed_stands ON evaluations")
    op.execute(
        "CREATE TRIGGER only_goes_on BEFORE UPDATE ON evaluations FOR EACH ROW "
        "WHEN (OLD.state IN ('confirmed', 'published', 'disputed', 'reviewed', 'void')) "
        "EXECUTE FUNCTION only_goes_on()"
    )
    # What is void before it was scored has no body.
    op.execute("DROP TRIGGER a_body_answers ON evaluations")
    op.execute(
        "CREATE TRIGGER a_body_answers BEFORE UPDATE ON evaluations FOR EACH ROW "
        "WHEN (OLD.state = 'open' AND NEW.state NOT IN ('open', 'void') AND NEW.body_id IS NULL) "
        "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER reviewed_by_another BEFORE UPDATE ON disputes "
        "FOR EACH ROW EXECUTE FUNCTION reviewed_by_another()"
    )
    op.execute(
        "CREATE TRIGGER nothing_deleted BEFORE DELETE OR TRUNCATE ON disputes "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
