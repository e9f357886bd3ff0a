"""Assessors and their ties, scorings, assignments, scores, and what must never happen to them."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables; nobody with a tie scores, and no score ever changes."""
    _add_assessors()
    _add_scorings()
    _add_assignments()
    for statement in (*_TIES, *_AFTER_PUBLICATION, *_RUBRIC_OF_ROUND):
        op.execute(statement)
    only_grows("scores")
    only_grows("moderations")


def downgrade() -> None:
    """Takes them away again."""
    op.execute("DROP TRIGGER scored_rounds_keep_their_rubric ON round_rubrics")
    for table in ("scores", "assignments", "moderations", "scorings", "assessor_ties", "assessors"):
        op.drop_table(table)
    for function in ("refuse_interested_assessor", "refuse_tie_of_assigned", "keep_rubric_of_scored_round"):
        op.execute(f"DROP FUNCTION {function}()")


def _add_assessors() -> None:
    op.create_table(
        "assessors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("remove_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(removed_at, removed_by, remove_reason) IN (0, 3)",
            name=op.f("ck_assessors_removed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessors")),
        sa.UniqueConstraint("id", "person_key", name=op.f("uq_assessors_id_person_key")),
    )
    op.create_index(
        "uq_assessors_in_the_pool",
        "assessors",
        ["person_key"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(op.f("ix_assessors_added_at_id"), "assessors", ["added_at", "id"], unique=False)
    op.create_table(
        "assessor_ties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("bars_until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(until IS NULL) = (bars_until IS NULL)", name=op.f("ck_assessor_ties_over_has_both_days")
        ),
        sa.CheckConstraint("bars_until >= until", name=op.f("ck_assessor_ties_bars_after_it_is_over")),
        sa.CheckConstraint(
            "kind IN ('employed', 'taught', 'interest')", name=op.f("ck_assessor_ties_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessor_ties")),
        sa.UniqueConstraint(
            "person_key", "credit_code", "kind", name=op.f("uq_assessor_ties_person_key_credit_code_kind")
        ),
    )
    op.create_index(op.f("ix_assessor_ties_credit_code"), "assessor_ties", ["credit_code"], unique=False)


def _add_scorings() -> None:
    op.create_table(
        "scorings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("shares", JSONB(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('settled', 'moderated')) = (shares IS NOT NULL)",
            name=op.f("ck_scorings_settled_has_shares"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'third_wanted', 'settled', 'moderated')", name=op.f("ck_scorings_state_known")
        ),
        sa.CheckConstraint(
            "subject_kind IN ('application', 'assessment')", name=op.f("ck_scorings_subject_known")
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "rubric_id"],
            ["round_rubrics.round_id", "round_rubrics.rubric_id"],
            name=op.f("fk_scorings_round_id_rubric_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorings")),
        sa.UniqueConstraint(
            "id", "round_id", "credit_code", name=op.f("uq_scorings_id_round_id_credit_code")
        ),
        sa.UniqueConstraint("subject_kind", "subject_id", name=op.f("uq_scorings_subject_kind_subject_id")),
    )
    for column in ("round_id", "district", "credit_code"):
        op.create_index(op.f(f"ix_scorings_{column}_id"), "scorings", [column, "id"], unique=False)
    op.create_table(
        "moderations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scoring_id", sa.Uuid(), nullable=False),
        sa.Column("marks", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("points_before", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("moderated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moderated_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["scoring_id"], ["scorings.id"], name=op.f("fk_moderations_scoring_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderations")),
    )
    op.create_index(op.f("ix_moderations_scoring_id_id"), "moderations", ["scoring_id", "id"], unique=False)


def _add_assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scoring_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("assessor_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('assigned', 'scored')) = (end_reason IS NULL)",
            name=op.f("ck_assignments_ended_has_reason"),
        ),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f("ck_assignments_place")),
        sa.CheckConstraint(
            "state IN ('assigned', 'scored', 'withdrawn', 'replaced', 'set_aside')",
            name=op.f("ck_assignments_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["assessor_id", "person_key"],
            ["assessors.id", "assessors.person_key"],
            name=op.f("fk_assignments_assessor_id_person_key"),
        ),
        sa.ForeignKeyConstraint(
            ["scoring_id", "round_id", "credit_code"],
            ["scorings.id", "scorings.round_id", "scorings.credit_code"],
            name=op.f("fk_assignments_scoring_id_round_id_credit_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("scoring_id", "person_key", name=op.f("uq_assignments_scoring_id_person_key")),
    )
    op.create_index(
        "uq_assignments_one_a_place",
        "assignments",
        ["scoring_id", "place"],
        unique=True,
        postgresql_where=sa.text("state IN ('assigned', 'scored')"),
    )
    for first, second in (
        ("person_key", "credit_code"),
        ("assessor_id", "id"),
        ("round_id", "id"),
        ("due_on", "id"),
    ):
        op.create_index(
            op.f(f"ix_assignments_{first}_{second}"), "assignments", [first, second], unique=False
        )
    op.create_table(
        "scores",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("marks", JSONB(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_scores_assignment_id")),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_scores")),
    )


# Both lock the person first, so that whichever comes last sees the other. What is published stands.
_TIES = (
    """
    CREATE FUNCTION refuse_interested_assessor() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended(NEW.person_key, 0));
        IF EXISTS (
            SELECT 1 FROM assessor_ties AS tie
            WHERE tie.person_key = NEW.person_key AND tie.credit_code = NEW.credit_code
            AND (tie.bars_until IS NULL
                 OR tie.bars_until >= (NEW.assigned_at AT TIME ZONE 'Asia/Shanghai')::date)
        ) THEN
            RAISE EXCEPTION 'the assessor has a tie to the institution'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER interested_assessors_are_refused BEFORE INSERT ON assignments
    FOR EACH ROW EXECUTE FUNCTION refuse_interested_assessor()
    """,
    """
    CREATE TRIGGER live_assignments_stay_disinterested BEFORE UPDATE ON assignments
    FOR EACH ROW WHEN (NEW.state IN ('assigned', 'scored'))
    EXECUTE FUNCTION refuse_interested_assessor()
    """,
    """
    CREATE FUNCTION refuse_tie_of_assigned() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended(NEW.person_key, 0));
        IF EXISTS (
            SELECT 1 FROM assignments AS given JOIN rounds ON rounds.id = given.round_id
            WHERE given.person_key = NEW.person_key AND given.credit_code = NEW.credit_code
            AND given.state IN ('assigned', 'scored') AND rounds.state <> 'published'
            AND (NEW.bars_until IS NULL
                 OR (given.assigned_at AT TIME ZONE 'Asia/Shanghai')::date <= NEW.bars_until)
        ) THEN
            RAISE EXCEPTION 'the person has an assignment at the institution'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER ties_of_the_assigned_are_refused BEFORE INSERT OR UPDATE ON assessor_ties
    FOR EACH ROW EXECUTE FUNCTION refuse_tie_of_assigned()
    """,
    """
    CREATE TRIGGER ties_stay BEFORE DELETE ON assessor_ties
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)
_AFTER_PUBLICATION = (
    """
    CREATE TRIGGER published_scorings_stay BEFORE INSERT OR UPDATE OR DELETE ON scorings
    FOR EACH ROW EXECUTE FUNCTION refuse_after_publication()
    """,
    """
    CREATE TRIGGER published_assignments_stay BEFORE INSERT OR UPDATE OR DELETE ON assignments
    FOR EACH ROW EXECUTE FUNCTION refuse_after_publication()
    """,
)
# A round that is being scored keeps its rubric and its years.
_RUBRIC_OF_ROUND = (
    """
    CREATE FUNCTION keep_rubric_of_scored_round() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM scorings WHERE round_id = OLD.round_id) THEN
            RAISE EXCEPTION 'round % is being scored', OLD.round_id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN coalesce(NEW, OLD);
    END
    $$
    """,
    """
    CREATE TRIGGER scored_rounds_keep_their_rubric BEFORE UPDATE OR DELETE ON round_rubrics
    FOR EACH ROW EXECUTE FUNCTION keep_rubric_of_scored_round()
    """,
)
