"""The pool of instructors: who is in it, appraisals, exits, studios, trainings and contests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Creates the tables; from now on only who is active in the pool is put on a class (T10)."""
    _pool()
    _appraisals()
    _records()
    _teachers_come_from_the_pool()


def _teachers_come_from_the_pool() -> None:
    # NOT VALID: classes filed before there was a pool keep who taught them.
    op.execute(
        "ALTER TABLE class_instructors ADD CONSTRAINT fk_class_instructors_person_key"
        " FOREIGN KEY (person_key) REFERENCES instructors (person_key) NOT VALID"
    )
    # The lock makes an exit and a filing wait for each other: whoever comes second sees what the first did.
    op.execute(
        """
        CREATE FUNCTION refuse_who_is_not_active() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM FROM instructors WHERE person_key = NEW.person_key AND state = 'active' FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'who is not active in the pool teaches no class'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER class_instructors_are_active BEFORE INSERT ON class_instructors"
        " FOR EACH ROW EXECUTE FUNCTION refuse_who_is_not_active()"
    )


def _pool() -> None:
    op.create_table(
        "instructors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("masked_id_number", sa.Text(), nullable=False),
        sa.Column("masked_phone", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.Column("phone_encrypted", sa.Text(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=True),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admitted_on", sa.Date(), nullable=True),
        sa.Column("appraisal_due_on", sa.Date(), nullable=True),
        sa.Column("due_told", sa.Boolean(), nullable=False),
        sa.Column("exits_on", sa.Date(), nullable=True),
        sa.Column("may_return_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "employment IN ('full_time', 'part_time')", name=op.f("ck_instructors_employment")
        ),
        sa.CheckConstraint(
            "num_nonnulls(admitted_on, appraisal_due_on)"
            " = CASE WHEN state IN ('applied', 'vetted', 'refused') THEN 0 ELSE 2 END",
            name=op.f("ck_instructors_admitted"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(exits_on, may_return_on)"
            " = CASE WHEN state IN ('exiting', 'exited') THEN 2 ELSE 0 END",
            name=op.f("ck_instructors_exits"),
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'vetted', 'refused', 'active', 'suspended', 'exiting', 'exited')",
            name=op.f("ck_instructors_state"),
        ),
        sa.CheckConstraint(
            "(employment IS NULL) = (institution_id IS NULL)", name=op.f("ck_instructors_employed")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_instructors_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructors")),
        sa.UniqueConstraint("person_key", name=op.f("uq_instructors_person_key")),
    )
    op.create_index(
        "ix_instructors_barred",
        "instructors",
        ["person_key"],
        unique=False,
        postgresql_where=sa.text("state IN ('suspended', 'exiting', 'exited')"),
    )
    op.create_index("ix_instructors_district_id", "instructors", ["district", "id"], unique=False)
    op.create_index(
        "ix_instructors_due",
        "instructors",
        ["appraisal_due_on"],
        unique=False,
        postgresql_where=sa.text("state = 'active' AND NOT due_told"),
    )
    op.create_index(
        "ix_instructors_exiting",
        "instructors",
        ["exits_on"],
        unique=False,
        postgresql_where=sa.text("state = 'exiting'"),
    )
    op.create_index("ix_instructors_institution_id_id", "instructors", ["institution_id", "id"], unique=False)
    op.create_table(
        "instructor_projects",
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["instructors.id"], name=op.f("fk_instructor_projects_instructor_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_code"], ["projects.code"], name=op.f("fk_instructor_projects_project_code")
        ),
        sa.PrimaryKeyConstraint("instructor_id", "project_code", name=op.f("pk_instructor_projects")),
    )
    op.create_index(
        "ix_instructor_projects_project_code",
        "instructor_projects",
        ["project_code", "instructor_id"],
        unique=False,
    )
    op.create_table(
        "instructor_certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("expires_on >= issued_on", name=op.f("ck_instructor_certificates_dates")),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["instructors.id"], name=op.f("fk_instructor_certificates_instructor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructor_certificates")),
        sa.UniqueConstraint(
            "instructor_id",
            "name",
            "number",
            name=op.f("uq_instructor_certificates_instructor_id_name_number"),
        ),
    )


def _appraisals() -> None:
    op.create_table(
        "appraisals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome = CASE WHEN total >= pass_mark THEN 'passed' ELSE 'failed' END",
            name=op.f("ck_appraisals_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["instructors.id"], name=op.f("fk_appraisals_instructor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisals")),
        sa.UniqueConstraint("instructor_id", "held_on", name=op.f("uq_appraisals_instructor_id_held_on")),
    )
    op.create_index("ix_appraisals_held_on_id", "appraisals", ["held_on", "id"], unique=False)
    op.create_table(
        "instructor_exits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("appraisal_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("noticed_by", sa.Text(), nullable=False),
        sa.Column("takes_effect_on", sa.Date(), nullable=False),
        sa.Column("may_return_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ground = 'failed_appraisal') = (appraisal_id IS NOT NULL)",
            name=op.f("ck_instructor_exits_appraisal"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_on, withdrawn_because) = CASE state WHEN 'withdrawn' THEN 2 ELSE 0 END",
            name=op.f("ck_instructor_exits_withdrawn"),
        ),
        sa.CheckConstraint(
            "state IN ('noticed', 'effective', 'withdrawn')", name=op.f("ck_instructor_exits_state")
        ),
        sa.CheckConstraint(
            "noticed_on <= takes_effect_on AND takes_effect_on <= may_return_on",
            name=op.f("ck_instructor_exits_days"),
        ),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisals.id"], name=op.f("fk_instructor_exits_appraisal_id")
        ),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["instructors.id"], name=op.f("fk_instructor_exits_instructor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructor_exits")),
    )
    op.create_index(
        "ix_instructor_exits_instructor_id_id", "instructor_exits", ["instructor_id", "id"], unique=False
    )
    op.create_index(
        "uq_instructor_exits_appraisal",
        "instructor_exits",
        ["appraisal_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_index(
        "uq_instructor_exits_open",
        "instructor_exits",
        ["instructor_id"],
        unique=True,
        postgresql_where=sa.text("state = 'noticed'"),
    )


def _records() -> None:
    op.create_table(
        "studios",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("opened_on <= closed_on", name=op.f("ck_studios_days")),
        sa.ForeignKeyConstraint(["head_id"], ["instructors.id"], name=op.f("fk_studios_head_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studios")),
    )
    op.create_index(
        "uq_studios_head", "studios", ["head_id"], unique=True, postgresql_where=sa.text("closed_on IS NULL")
    )
    op.create_table(
        "studio_members",
        sa.Column("studio_id", sa.Uuid(), nullable=False),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["instructors.id"], name=op.f("fk_studio_members_instructor_id")
        ),
        sa.ForeignKeyConstraint(["studio_id"], ["studios.id"], name=op.f("fk_studio_members_studio_id")),
        sa.PrimaryKeyConstraint("studio_id", "instructor_id", name=op.f("pk_studio_members")),
    )
    op.create_index("ix_studio_members_instructor_id", "studio_members", ["instructor_id"], unique=False)
    op.create_table(
        "activities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'training') = (hours IS NOT NULL)", name=op.f("ck_activities_hours_of_training")
        ),
        sa.CheckConstraint("kind IN ('training', 'contest')", name=op.f("ck_activities_kind")),
        sa.CheckConstraint("begins_on <= ends_on", name=op.f("ck_activities_days")),
        sa.CheckConstraint("hours > 0", name=op.f("ck_activities_hours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_table(
        "activity_results",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.CheckConstraint("rank > 0", name=op.f("ck_activity_results_rank")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_results_activity_id")
        ),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["instructors.id"], name=op.f("fk_activity_results_instructor_id")
        ),
        sa.PrimaryKeyConstraint("activity_id", "instructor_id", name=op.f("pk_activity_results")),
    )
    op.create_index("ix_activity_results_instructor_id", "activity_results", ["instructor_id"], unique=False)
