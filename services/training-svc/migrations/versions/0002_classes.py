"""Projects, standards, institutions, qualifications and classes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Creates the tables of what comes before an enrolment and forbids what must never happen."""
    _catalogue()
    _institutions()
    _classes()
    _forbid_overlaps()
    _forbid_changes()


def _forbid_overlaps() -> None:
    """One room, and one instructor, has one session at a time (T06, T10)."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE sessions ADD CONSTRAINT ex_sessions_room EXCLUDE USING gist"
        " (institution_id WITH =, room WITH =, tstzrange(starts_at, ends_at) WITH &&)"
    )
    op.execute(
        "ALTER TABLE session_instructors ADD CONSTRAINT ex_session_instructors_person EXCLUDE USING gist"
        " (person_key WITH =, tstzrange(starts_at, ends_at) WITH &&)"
    )


def _forbid_changes() -> None:
    # What is published is never changed (T05).
    op.execute(
        "CREATE TRIGGER standards_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON standards"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    # The district and the standard are frozen on the class when it is filed (S07, T05).
    op.execute(
        """
        CREATE TRIGGER classes_stay_frozen BEFORE UPDATE ON classes FOR EACH ROW
        WHEN ((OLD.district, OLD.institution_id, OLD.project_code, OLD.standard_version)
              IS DISTINCT FROM (NEW.district, NEW.institution_id, NEW.project_code, NEW.standard_version))
        EXECUTE FUNCTION refuse_change()
        """
    )


def _catalogue() -> None:
    op.create_table(
        "projects",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage BETWEEN 1 AND 4", name="ck_projects_stage"),
        sa.PrimaryKeyConstraint("code", name="pk_projects"),
    )
    op.create_table(
        "standards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("min_hours", sa.Integer(), nullable=False),
        sa.Column("max_class_size", sa.Integer(), nullable=False),
        sa.Column("attendance_percent", sa.SmallInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.CheckConstraint("attendance_percent BETWEEN 1 AND 100", name="ck_standards_attendance_percent"),
        sa.CheckConstraint("max_class_size > 0", name="ck_standards_max_class_size"),
        sa.CheckConstraint("min_hours > 0", name="ck_standards_min_hours"),
        sa.ForeignKeyConstraint(["project_code"], ["projects.code"], name="fk_standards_project_code"),
        sa.PrimaryKeyConstraint("id", name="pk_standards"),
        sa.UniqueConstraint(
            "project_code", "effective_from", name="uq_standards_project_code_effective_from"
        ),
        sa.UniqueConstraint("project_code", "version", name="uq_standards_project_code_version"),
    )


def _institutions() -> None:
    op.create_table(
        "institutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_institutions"),
        sa.UniqueConstraint("credit_code", name="uq_institutions_credit_code"),
    )
    op.create_index("ix_institutions_district_id", "institutions", ["district", "id"], unique=False)
    op.create_table(
        "qualifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("standard_version", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'submitted') = (decided_at IS NULL)", name="ck_qualifications_decided"),
        sa.CheckConstraint("state <> 'rejected' OR reason IS NOT NULL", name="ck_qualifications_reason"),
        sa.CheckConstraint("state IN ('submitted', 'approved', 'rejected')", name="ck_qualifications_state"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name="fk_qualifications_institution_id"
        ),
        sa.ForeignKeyConstraint(
            ["project_code", "standard_version"],
            ["standards.project_code", "standards.version"],
            name="fk_qualifications_project_code_standard_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_qualifications"),
    )
    op.create_index("ix_qualifications_district_id", "qualifications", ["district", "id"], unique=False)
    op.create_index(
        "ix_qualifications_institution_id_id", "qualifications", ["institution_id", "id"], unique=False
    )
    op.create_index(
        "uq_qualifications_live",
        "qualifications",
        ["institution_id", "project_code", "standard_version"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'approved')"),
    )


def _classes() -> None:
    op.create_table(
        "classes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("standard_version", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity > 0 AND enrolled BETWEEN 0 AND capacity", name="ck_classes_places"),
        sa.CheckConstraint("starts_on <= ends_on", name="ck_classes_dates"),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name="fk_classes_institution_id"),
        sa.ForeignKeyConstraint(
            ["project_code", "standard_version"],
            ["standards.project_code", "standards.version"],
            name="fk_classes_project_code_standard_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_classes"),
        sa.UniqueConstraint("institution_id", "id", name="uq_classes_institution_id_id"),
    )
    op.create_index("ix_classes_district_id", "classes", ["district", "id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="ck_sessions_times"),
        sa.ForeignKeyConstraint(
            ["institution_id", "class_id"],
            ["classes.institution_id", "classes.id"],
            name="fk_sessions_institution_id_class_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("class_id", "id", name="uq_sessions_class_id_id"),
        sa.UniqueConstraint("id", "starts_at", "ends_at", name="uq_sessions_id_starts_at_ends_at"),
    )
    op.create_table(
        "class_instructors",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("masked_id_number", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_class_instructors_class_id"),
        sa.PrimaryKeyConstraint("class_id", "person_key", name="pk_class_instructors"),
    )
    op.create_index("ix_class_instructors_person_key", "class_instructors", ["person_key"], unique=False)
    op.create_table(
        "session_instructors",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id", "starts_at", "ends_at"],
            ["sessions.id", "sessions.starts_at", "sessions.ends_at"],
            name="fk_session_instructors_session_id_starts_at_ends_at",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "person_key", name="pk_session_instructors"),
    )
