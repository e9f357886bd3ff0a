"""How presences are proven, and completions that are amended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0011"

_COMPLETION = "state, class_id, person_key, completed_at, completed_on, sessions_attended, sessions_held"

# Who has completed stays so, as counted, but for an amendment that says who and why: it revokes the
# completion, restores a revoked one, or counts a corrected record anew (C01, C02, C03).
_KEEP_COMPLETED = """
CREATE FUNCTION keep_completed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.class_id, OLD.person_key) = (NEW.class_id, NEW.person_key)
        AND (
            (OLD.state, NEW.state)
                IN (('completed', 'completion_revoked'), ('completion_revoked', 'completed'))
            OR (OLD.state, OLD.completed_at, OLD.completed_on, OLD.sessions_held)
                = (NEW.state, NEW.completed_at, NEW.completed_on, NEW.sessions_held)
        )
        AND EXISTS (
            SELECT FROM amendments
            WHERE object_type = 'enrolment' AND object_id = NEW.id::text
                AND after ->> 'version' = NEW.version::text
        )
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a row of % can no longer be changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
_STAY_COMPLETED = f"""
CREATE TRIGGER enrolments_stay_completed BEFORE UPDATE ON enrolments FOR EACH ROW
WHEN (OLD.state IN ('completed', 'completion_revoked')
      AND ({", ".join(f"OLD.{name}" for name in _COMPLETION.split(", "))})
      IS DISTINCT FROM ({", ".join(f"NEW.{name}" for name in _COMPLETION.split(", "))}))
EXECUTE FUNCTION keep_completed()
"""


def upgrade() -> None:
    """Adds cards, photos and trainees' own devices to attendance, and lets the district amend completions."""
    _proofs()
    _revoked_completions()


def _proofs() -> None:
    op.add_column("attendance", sa.Column("proof", postgresql.JSONB(), nullable=True))
    _add_flag("attendance", "by_trainee")
    op.create_check_constraint(
        op.f("ck_attendance_proof"), "attendance", "proof IS NULL OR method IN ('card', 'photo')"
    )
    op.add_column("attendance_corrections", sa.Column("old_proof", postgresql.JSONB(), nullable=True))
    _add_flag("attendance_corrections", "after_completion")


def _add_flag(table: str, name: str) -> None:
    """A flag that is false on every row so far, and then always given."""
    op.add_column(table, sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column(table, name, server_default=None)


def _revoked_completions() -> None:
    op.drop_constraint(op.f("ck_enrolments_state"), "enrolments", type_="check")
    op.create_check_constraint(
        op.f("ck_enrolments_state"), "enrolments", "state IN ('enrolled', 'completed', 'completion_revoked')"
    )
    op.execute("DROP TRIGGER enrolments_stay_completed ON enrolments")
    op.execute(_KEEP_COMPLETED)
    op.execute(_STAY_COMPLETED)
