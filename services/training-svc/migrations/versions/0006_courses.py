"""Excellent courses, their assessments and materials."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Creates the tables; who assessed a course does not decide it (T09)."""
    op.add_column("standards", sa.Column("max_online_percent", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_standards_max_online_percent"), "standards", "max_online_percent BETWEEN 0 AND 100"
    )
    _courses()
    _assessments()
    _materials()
    _forbid_deciding_what_one_assessed()
    _forbid_changes()


def _forbid_deciding_what_one_assessed() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_deciding_assessor() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM course_assessments
                       WHERE course_id = NEW.id
                       AND (assessed_by = NEW.decided_by OR assessed_by_person = NEW.decided_by_person)) THEN
                RAISE EXCEPTION 'who assessed course % does not decide it', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER courses_four_eyes BEFORE UPDATE OF decided_by, decided_by_person ON courses"
        " FOR EACH ROW EXECUTE FUNCTION refuse_deciding_assessor()"
    )


def _forbid_changes() -> None:
    # A course is decided once: whose it is and who decided it stays.
    op.execute(
        """
        CREATE TRIGGER courses_stay_decided BEFORE UPDATE ON courses FOR EACH ROW
        WHEN (OLD.decided_at IS NOT NULL
              AND (OLD.institution_id, OLD.project_code, OLD.district, OLD.decided_at, OLD.decided_by)
              IS DISTINCT FROM
                  (NEW.institution_id, NEW.project_code, NEW.district, NEW.decided_at, NEW.decided_by))
        EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute(
        "CREATE TRIGGER course_materials_stay_released BEFORE UPDATE OR DELETE ON course_materials"
        " FOR EACH ROW WHEN (OLD.released_at IS NOT NULL) EXECUTE FUNCTION refuse_change()"
    )


def _courses() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("standard_version", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("online_percent", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("grant_fen", sa.BigInteger(), nullable=True),
        sa.Column("findings", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_by_person", sa.Text(), nullable=True),
        sa.Column("admitted_on", sa.Date(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("retirement_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'assessed', 'recognised', 'in_system', 'retired', 'rejected')",
            name=op.f("ck_courses_state"),
        ),
        sa.CheckConstraint("hours > 0", name=op.f("ck_courses_hours")),
        sa.CheckConstraint("online_percent BETWEEN 0 AND 100", name=op.f("ck_courses_online_percent")),
        sa.CheckConstraint("grant_fen BETWEEN 0 AND 10000000", name=op.f("ck_courses_grant")),
        sa.CheckConstraint(
            "(grant_fen IS NOT NULL) = (state IN ('recognised', 'in_system', 'retired'))",
            name=op.f("ck_courses_granted"),
        ),
        sa.CheckConstraint(
            "num_nulls(decided_at, decided_on, decided_by)"
            " = CASE WHEN state IN ('submitted', 'assessed') THEN 3 ELSE 0 END",
            name=op.f("ck_courses_decided"),
        ),
        sa.CheckConstraint(
            "(cardinality(findings) > 0) = (state = 'rejected')", name=op.f("ck_courses_findings")
        ),
        sa.CheckConstraint(
            "state <> 'in_system' OR admitted_on IS NOT NULL", name=op.f("ck_courses_admitted")
        ),
        sa.CheckConstraint(
            "num_nonnulls(retired_on, retirement_reason) = CASE state WHEN 'retired' THEN 2 ELSE 0 END",
            name=op.f("ck_courses_retired"),
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name="fk_courses_institution_id"),
        sa.ForeignKeyConstraint(["project_code"], ["projects.code"], name="fk_courses_project_code"),
        sa.ForeignKeyConstraint(
            ["project_code", "standard_version"],
            ["standards.project_code", "standards.version"],
            name="fk_courses_project_code_standard_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_courses"),
    )
    op.create_index("ix_courses_district_id", "courses", ["district", "id"], unique=False)
    op.create_index("ix_courses_state_id", "courses", ["state", "id"], unique=False)
    op.create_index(
        "uq_courses_institution_id_name",
        "courses",
        ["institution_id", "name"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )


def _assessments() -> None:
    op.create_table(
        "course_assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assessed_by", sa.Text(), nullable=False),
        sa.Column("assessed_by_person", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_course_assessments_score")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_course_assessments_course_id"),
        sa.PrimaryKeyConstraint("id", name="pk_course_assessments"),
        sa.UniqueConstraint("course_id", "assessed_by", name="uq_course_assessments_course_id_assessed_by"),
        sa.UniqueConstraint(
            "course_id", "assessed_by_person", name="uq_course_assessments_course_id_assessed_by_person"
        ),
    )


def _materials() -> None:
    op.create_table(
        "course_materials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("material_version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_course_materials_sha256")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_course_materials_size_bytes")),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)", name=op.f("ck_course_materials_released")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_course_materials_course_id"),
        sa.PrimaryKeyConstraint("id", name="pk_course_materials"),
        sa.UniqueConstraint(
            "course_id",
            "title",
            "material_version",
            name="uq_course_materials_course_id_title_material_version",
        ),
    )
    op.create_index("ix_course_materials_course_id_id", "course_materials", ["course_id", "id"], unique=False)
