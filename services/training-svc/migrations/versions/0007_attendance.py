"""How presences are proven, completions that are amended, and anomalies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

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
    """Adds proofs to attendance, lets the district amend completions, and keeps the anomalies found."""
    _proofs()
    _revoked_completions()
    _anomalies()
    _sweep()


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


def _anomalies() -> None:
    op.create_table(
        "anomalies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("attendance_id", sa.Uuid(), nullable=True),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("required", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explained_by", sa.Text(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmation", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(confirmed_at, confirmed_by, confirmation)"
            " = CASE state WHEN 'confirmed' THEN 3 ELSE 0 END",
            name=op.f("ck_anomalies_confirmed"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(explained_at, explained_by, explanation) IN (0, 3)"
            " AND (state <> 'explained' OR explanation IS NOT NULL)"
            " AND (state <> 'open' OR explanation IS NULL)",
            name=op.f("ck_anomalies_explained"),
        ),
        sa.CheckConstraint("state IN ('open', 'explained', 'confirmed')", name=op.f("ck_anomalies_state")),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name=op.f("fk_anomalies_class_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_anomalies_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomalies")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_anomalies_kind_subject")),
    )
    op.create_index("ix_anomalies_district_id", "anomalies", ["district", "id"])
    op.create_index("ix_anomalies_institution_id_id", "anomalies", ["institution_id", "id"])
    op.create_index("ix_anomalies_class_id_id", "anomalies", ["class_id", "id"])
    op.create_index(
        "ix_anomalies_open", "anomalies", ["district", "id"], postgresql_where=sa.text("state = 'open'")
    )


def _sweep() -> None:
    """What is recorded or corrected is looked at once, by whatever way it came in and however late."""
    op.create_table(
        "attendance_unswept",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("attendance_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_unswept")),
    )
    op.execute(
        """
        CREATE FUNCTION leave_for_the_sweep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO attendance_unswept (attendance_id) SELECT id FROM changed;
            RETURN NULL;
        END $$
        """
    )
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER attendance_left_for_the_sweep_on_{event.lower()} AFTER {event} ON attendance"
            " REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION leave_for_the_sweep()"
        )
    op.create_index(
        "ix_attendance_device",
        "attendance",
        ["device", "recorded_at"],
        postgresql_where=sa.text("by_trainee"),
    )
