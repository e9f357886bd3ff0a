"""Enrolments, attendance and its corrections."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates the tables and forbids that history is changed (T06, C02)."""
    _enrolments()
    _attendance()
    op.execute(
        "CREATE TRIGGER attendance_corrections_never_change BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON attendance_corrections FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    # Who has completed stays completed, with what was counted that day (C02).
    op.execute(
        """
        CREATE TRIGGER enrolments_stay_completed BEFORE UPDATE ON enrolments FOR EACH ROW
        WHEN (OLD.state = 'completed'
              AND (OLD.state, OLD.class_id, OLD.person_key, OLD.completed_at, OLD.completed_on,
                   OLD.sessions_attended, OLD.sessions_held)
              IS DISTINCT FROM (NEW.state, NEW.class_id, NEW.person_key, NEW.completed_at, NEW.completed_on,
                   NEW.sessions_attended, NEW.sessions_held))
        EXECUTE FUNCTION refuse_change()
        """
    )


def _enrolments() -> None:
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("masked_id_number", sa.Text(), nullable=False),
        sa.Column("masked_phone", sa.Text(), nullable=False),
        sa.Column("name_encrypted", sa.Text(), nullable=False),
        sa.Column("id_number_encrypted", sa.Text(), nullable=False),
        sa.Column("phone_encrypted", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("sessions_attended", sa.Integer(), nullable=True),
        sa.Column("sessions_held", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(completed_at, completed_on, sessions_attended, sessions_held)"
            " = CASE state WHEN 'completed' THEN 4 ELSE 0 END",
            name="ck_enrolments_completed",
        ),
        sa.CheckConstraint("state IN ('enrolled', 'completed')", name="ck_enrolments_state"),
        sa.CheckConstraint("sessions_attended BETWEEN 0 AND sessions_held", name="ck_enrolments_sessions"),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_enrolments_class_id"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolments"),
        sa.UniqueConstraint("class_id", "id", name="uq_enrolments_class_id_id"),
        sa.UniqueConstraint("class_id", "person_key", name="uq_enrolments_class_id_person_key"),
    )
    op.create_index("ix_enrolments_person_key_id", "enrolments", ["person_key", "id"], unique=False)


def _attendance() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_from", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("method <> 'manual' OR reason IS NOT NULL", name="ck_attendance_reason"),
        sa.CheckConstraint("method IN ('qr', 'card', 'photo', 'manual')", name="ck_attendance_method"),
        sa.ForeignKeyConstraint(
            ["class_id", "enrolment_id"],
            ["enrolments.class_id", "enrolments.id"],
            name="fk_attendance_class_id_enrolment_id",
        ),
        sa.ForeignKeyConstraint(
            ["class_id", "session_id"],
            ["sessions.class_id", "sessions.id"],
            name="fk_attendance_class_id_session_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attendance"),
        sa.UniqueConstraint("session_id", "enrolment_id", name="uq_attendance_session_id_enrolment_id"),
    )
    op.create_index("ix_attendance_enrolment_id", "attendance", ["enrolment_id"], unique=False)
    op.create_table(
        "attendance_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.Column("old_present", sa.Boolean(), nullable=False),
        sa.Column("old_method", sa.Text(), nullable=False),
        sa.Column("old_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_device", sa.Text(), nullable=True),
        sa.Column("old_reason", sa.Text(), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendance.id"], name="fk_attendance_corrections_attendance_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_corrections"),
    )
    op.create_index(
        "ix_attendance_corrections_attendance_id_id",
        "attendance_corrections",
        ["attendance_id", "id"],
        unique=False,
    )
