"""Working mechanisms and training plans of the districts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Creates the tables: one mechanism waits for an answer, one plan a district and year (O01, O02)."""
    _mechanisms()
    _plans()
    # Planned against done reads the classes of a year.
    op.create_index("ix_classes_starts_on", "classes", ["starts_on"], unique=False)


def _mechanisms() -> None:
    op.create_table(
        "working_mechanisms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document_reference", sa.Text(), nullable=False),
        sa.Column("responsible_unit", sa.Text(), nullable=False),
        sa.Column("contact_masked_name", sa.Text(), nullable=False),
        sa.Column("contact_masked_phone", sa.Text(), nullable=False),
        sa.Column("contact_name_encrypted", sa.Text(), nullable=False),
        sa.Column("contact_phone_encrypted", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('filed', 'accepted', 'returned')", name=op.f("ck_working_mechanisms_state")
        ),
        sa.CheckConstraint(
            "num_nulls(decided_at, decided_on, decided_by) = CASE state WHEN 'filed' THEN 3 ELSE 0 END",
            name=op.f("ck_working_mechanisms_decided"),
        ),
        sa.CheckConstraint(
            "(state = 'returned') = (reason IS NOT NULL)", name=op.f("ck_working_mechanisms_reason")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_working_mechanisms"),
    )
    op.create_index(
        "ix_working_mechanisms_district_id", "working_mechanisms", ["district", "id"], unique=False
    )
    op.create_index(
        "uq_working_mechanisms_filed",
        "working_mechanisms",
        ["district"],
        unique=True,
        postgresql_where=sa.text("state = 'filed'"),
    )


def _plans() -> None:
    op.create_table(
        "training_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'accepted', 'returned')", name=op.f("ck_training_plans_state")
        ),
        sa.CheckConstraint(
            "num_nulls(decided_at, decided_on, decided_by) = CASE state WHEN 'submitted' THEN 3 ELSE 0 END",
            name=op.f("ck_training_plans_decided"),
        ),
        sa.CheckConstraint(
            "(state = 'returned') = (reason IS NOT NULL)", name=op.f("ck_training_plans_reason")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_training_plans"),
        sa.UniqueConstraint("district", "year", name="uq_training_plans_district_year"),
    )
    op.create_table(
        "training_plan_lines",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("target_group", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("classes", sa.Integer(), nullable=False),
        sa.CheckConstraint("stage BETWEEN 1 AND 4", name=op.f("ck_training_plan_lines_stage")),
        sa.CheckConstraint(
            "target_group IN ('general', 'student', 'veteran', 'disabled', 'soon_released',"
            " 'contest_winner', 'venture_backed')",
            name=op.f("ck_training_plan_lines_target_group"),
        ),
        sa.CheckConstraint("people > 0 AND classes >= 0", name=op.f("ck_training_plan_lines_planned")),
        sa.ForeignKeyConstraint(["plan_id"], ["training_plans.id"], name="fk_training_plan_lines_plan_id"),
        sa.PrimaryKeyConstraint("plan_id", "stage", "target_group", name="pk_training_plan_lines"),
    )
