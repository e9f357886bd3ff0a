"""Follow-ups of completed trainees."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Creates the tables, and begins the follow-up of who has completed already (T11)."""
    _follow_ups()
    _businesses()
    _checks()
    _services()
    _begin()


def _begin() -> None:
    op.execute(
        """
        INSERT INTO follow_ups (id, enrolment_id, class_id, institution_id, district, completed_on, began_at,
                                state, help_wanted, version)
        SELECT gen_random_uuid(), enrolments.id, class_id, institution_id, district, completed_on,
               completed_at, 'not_opened', false, 1
        FROM enrolments JOIN classes ON classes.id = class_id WHERE state = 'completed'
        """
    )
    op.execute(
        """
        INSERT INTO follow_up_checks (id, follow_up_id, institution_id, district, kind, months, due_on)
        SELECT gen_random_uuid(), id, institution_id, district, 'opening', 6,
               (completed_on + interval '6 months')::date
        FROM follow_ups
        """
    )


def _follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("help_wanted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("NOT help_wanted OR state = 'closed'", name=op.f("ck_follow_ups_help_wanted")),
        sa.CheckConstraint("state IN ('not_opened', 'trading', 'closed')", name=op.f("ck_follow_ups_state")),
        sa.ForeignKeyConstraint(
            ["class_id", "enrolment_id"],
            ["enrolments.class_id", "enrolments.id"],
            name="fk_follow_ups_class_id_enrolment_id",
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name="fk_follow_ups_institution_id"),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
        sa.UniqueConstraint("enrolment_id", name="uq_follow_ups_enrolment_id"),
        sa.UniqueConstraint(
            "id", "institution_id", "district", name="uq_follow_ups_id_institution_id_district"
        ),
    )
    op.create_index("ix_follow_ups_completed_on_id", "follow_ups", ["completed_on", "id"])
    op.create_index("ix_follow_ups_district_id", "follow_ups", ["district", "id"])
    op.create_index("ix_follow_ups_institution_id_id", "follow_ups", ["institution_id", "id"])
    op.create_index(
        "ix_follow_ups_help", "follow_ups", ["district", "id"], postgresql_where=sa.text("help_wanted")
    )


def _businesses() -> None:
    op.create_table(
        "follow_up_businesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("code_valid", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("jobs", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(closed_on IS NULL) = (closing_reason IS NULL)", name=op.f("ck_follow_up_businesses_closing")
        ),
        sa.CheckConstraint("closed_on >= opened_on", name=op.f("ck_follow_up_businesses_dates")),
        sa.CheckConstraint(
            "jobs BETWEEN 0 AND 100000 AND (closed_on IS NULL OR jobs = 0)",
            name=op.f("ck_follow_up_businesses_jobs"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_follow_up_businesses_number")),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name="fk_follow_up_businesses_follow_up_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up_businesses"),
        sa.UniqueConstraint("follow_up_id", "number", name="uq_follow_up_businesses_follow_up_id_number"),
    )
    op.create_index(
        "uq_follow_up_businesses_trading",
        "follow_up_businesses",
        ["follow_up_id"],
        unique=True,
        postgresql_where=sa.text("closed_on IS NULL"),
    )


def _checks() -> None:
    op.create_table(
        "follow_up_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("jobs", sa.Integer(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'trading') = (business_id IS NOT NULL)", name=op.f("ck_follow_up_checks_business")
        ),
        sa.CheckConstraint(
            "num_nonnulls(passed, checked_on, checked_by) IN (0, 3) AND (jobs IS NULL OR passed)",
            name=op.f("ck_follow_up_checks_answer"),
        ),
        sa.CheckConstraint("jobs BETWEEN 0 AND 100000", name=op.f("ck_follow_up_checks_jobs")),
        sa.CheckConstraint("kind IN ('opening', 'trading')", name=op.f("ck_follow_up_checks_kind")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["follow_up_businesses.id"], name="fk_follow_up_checks_business_id"
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id", "institution_id", "district"],
            ["follow_ups.id", "follow_ups.institution_id", "follow_ups.district"],
            name="fk_follow_up_checks_follow_up_id_institution_id_district",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up_checks"),
        sa.UniqueConstraint("business_id", "months", name="uq_follow_up_checks_business_id_months"),
    )
    op.create_index("ix_follow_up_checks_follow_up_id", "follow_up_checks", ["follow_up_id", "due_on"])
    op.create_index(
        "uq_follow_up_checks_opening",
        "follow_up_checks",
        ["follow_up_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'opening'"),
    )
    unanswered = sa.text("passed IS NULL")
    for name, columns in {
        "ix_follow_up_checks_open_at_institution": ["institution_id", "due_on", "id"],
        "ix_follow_up_checks_open_in_district": ["district", "due_on", "id"],
        "ix_follow_up_checks_open": ["due_on", "id"],
    }.items():
        op.create_index(name, "follow_up_checks", columns, postgresql_where=unanswered)
    op.create_index(
        "ix_follow_up_checks_to_remind",
        "follow_up_checks",
        ["due_on"],
        postgresql_where=sa.text("passed IS NULL AND reminded_at IS NULL"),
    )


def _services() -> None:
    op.create_table(
        "follow_up_services",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provided_on", sa.Date(), nullable=False),
        sa.Column("provided_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('advice', 'policy', 'finance', 'premises', 'market', 'restart', 'other')",
            name=op.f("ck_follow_up_services_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name="fk_follow_up_services_follow_up_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up_services"),
    )
    op.create_index("ix_follow_up_services_follow_up_id_id", "follow_up_services", ["follow_up_id", "id"])
