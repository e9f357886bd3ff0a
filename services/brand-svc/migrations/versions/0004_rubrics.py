"""Rubrics by version, and which one each round is scored by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables; a rubric that a round is scored by is frozen."""
    op.create_table(
        "rubrics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'withdrawn')", name=op.f("ck_rubrics_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubrics")),
        sa.UniqueConstraint("label", name=op.f("uq_rubrics_label")),
    )
    op.create_index(op.f("ix_rubrics_effective_from_id"), "rubrics", ["effective_from", "id"], unique=False)
    op.create_table(
        "round_rubrics",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("rubric_id", sa.Uuid(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.CheckConstraint("first_year <= last_year", name=op.f("ck_round_rubrics_years_in_order")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_rubrics_round_id")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubrics.id"], name=op.f("fk_round_rubrics_rubric_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_round_rubrics")),
        sa.UniqueConstraint("round_id", "rubric_id", name=op.f("uq_round_rubrics_round_id_rubric_id")),
    )
    op.create_index(op.f("ix_round_rubrics_rubric_id"), "round_rubrics", ["rubric_id"], unique=False)
    for statement in (_HOLD_THE_CHOSEN, _CHOSEN_ARE_HELD, _REFUSE_CHOSEN, _CHOSEN_STAY):
        op.execute(statement)


def downgrade() -> None:
    """Takes them away again."""
    for table in ("round_rubrics", "rubrics"):
        op.drop_table(table)
    op.execute("DROP FUNCTION hold_chosen_rubric()")
    op.execute("DROP FUNCTION refuse_chosen_rubric()")


# Whoever chooses a rubric holds it until the commit; a draft or a withdrawn one cannot be chosen.
_HOLD_THE_CHOSEN = """
CREATE FUNCTION hold_chosen_rubric() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM rubrics WHERE id = NEW.rubric_id AND state = 'published' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'rubric % is not published', NEW.rubric_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$
"""
_CHOSEN_ARE_HELD = """
CREATE TRIGGER chosen_rubrics_are_held BEFORE INSERT OR UPDATE ON round_rubrics
FOR EACH ROW EXECUTE FUNCTION hold_chosen_rubric()
"""
# The row is locked by then: whoever was choosing it has committed and is seen.
_REFUSE_CHOSEN = """
CREATE FUNCTION refuse_chosen_rubric() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM round_rubrics WHERE rubric_id = OLD.id) THEN
        RAISE EXCEPTION 'rubric % is the one of a round', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$
"""
_CHOSEN_STAY = """
CREATE TRIGGER chosen_rubrics_stay BEFORE UPDATE OR DELETE ON rubrics
FOR EACH ROW EXECUTE FUNCTION refuse_chosen_rubric()
"""
