"""Waiting lists, ends of enrolments, changes of classes, the hours of trainees, snapshots of their firms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

_TAKEN_FROM_THE_CLASS = ("institution_id", "project_code", "district")


def upgrade() -> None:
    """Extends classes and enrolments, and forbids what must never happen to them (T02, T06)."""
    _classes()
    _sessions()
    _enrolments()
    _constraints_of_enrolments()
    _indexes_of_enrolments()
    _enrolment_hours()
    _enterprise_snapshots()
    _forbid_changes()


def _classes() -> None:
    op.add_column("classes", sa.Column("waiting", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("classes", sa.Column("state", sa.Text(), nullable=False, server_default="filed"))
    op.alter_column("classes", "waiting", server_default=None)
    op.alter_column("classes", "state", server_default=None)
    op.add_column("classes", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("classes", sa.Column("cancelled_by", sa.Text(), nullable=True))
    op.add_column("classes", sa.Column("cancel_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_classes_waiting"), "classes", "waiting >= 0 AND (waiting = 0 OR enrolled = capacity)"
    )
    op.create_check_constraint(op.f("ck_classes_state"), "classes", "state IN ('filed', 'cancelled')")
    op.create_check_constraint(
        op.f("ck_classes_cancelled"),
        "classes",
        "num_nonnulls(cancelled_at, cancelled_by, cancel_reason)"
        " = CASE state WHEN 'cancelled' THEN 3 ELSE 0 END",
    )
    op.create_unique_constraint(
        "uq_classes_id_institution_id_project_code_district", "classes", ["id", *_TAKEN_FROM_THE_CLASS]
    )
    op.create_index("ix_classes_project_code_id", "classes", ["project_code", "id"])
    op.drop_index("ix_classes_starts_on", "classes")
    op.create_index("ix_classes_starts_on_id", "classes", ["starts_on", "id"])
    op.add_column("class_instructors", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))


def _sessions() -> None:
    """A cancelled session holds no room (T06)."""
    op.add_column("sessions", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("ALTER TABLE sessions DROP CONSTRAINT ex_sessions_room")
    op.execute(
        "ALTER TABLE sessions ADD CONSTRAINT ex_sessions_room EXCLUDE USING gist"
        " (institution_id WITH =, room WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        " WHERE (cancelled_at IS NULL)"
    )


def _enrolments() -> None:
    for name, kind in (("institution_id", sa.Uuid()), ("project_code", sa.Text()), ("district", sa.Text())):
        op.add_column("enrolments", sa.Column(name, kind, nullable=True))
    op.add_column("enrolments", sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrolments", sa.Column("priority_group", sa.Text(), nullable=True))
    op.add_column("enrolments", sa.Column("priority_evidence_encrypted", sa.Text(), nullable=True))
    op.add_column(
        "enrolments", sa.Column("priority_rank", sa.SmallInteger(), nullable=False, server_default="0")
    )
    op.alter_column("enrolments", "priority_rank", server_default=None)
    op.add_column("enrolments", sa.Column("transferred_from", sa.Uuid(), nullable=True))
    op.add_column("enrolments", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("enrolments", sa.Column("ended_by", sa.Text(), nullable=True))
    op.add_column("enrolments", sa.Column("end_reason", sa.Text(), nullable=True))
    op.execute(
        "UPDATE enrolments SET admitted_at = enrolled_at, institution_id = classes.institution_id,"
        " project_code = classes.project_code, district = classes.district"
        " FROM classes WHERE classes.id = enrolments.class_id"
    )
    for name in _TAKEN_FROM_THE_CLASS:
        op.alter_column("enrolments", name, nullable=False)


def _constraints_of_enrolments() -> None:
    op.drop_constraint("fk_enrolments_class_id", "enrolments")
    op.create_foreign_key(
        "fk_enrolments_class_id_institution_id_project_code_district",
        "enrolments",
        "classes",
        ["class_id", *_TAKEN_FROM_THE_CLASS],
        ["id", *_TAKEN_FROM_THE_CLASS],
    )
    op.create_foreign_key(
        "fk_enrolments_transferred_from", "enrolments", "enrolments", ["transferred_from"], ["id"]
    )
    op.create_unique_constraint("uq_enrolments_transferred_from", "enrolments", ["transferred_from"])
    op.drop_constraint(op.f("ck_enrolments_state"), "enrolments")
    op.create_check_constraint(
        op.f("ck_enrolments_state"),
        "enrolments",
        "state IN ('waiting', 'enrolled', 'completed', 'completion_revoked',"
        " 'withdrawn', 'transferred', 'cancelled')",
    )
    op.create_check_constraint(
        op.f("ck_enrolments_admitted"),
        "enrolments",
        "CASE state WHEN 'waiting' THEN admitted_at IS NULL"
        " WHEN 'withdrawn' THEN true WHEN 'cancelled' THEN true ELSE admitted_at IS NOT NULL END",
    )
    op.create_check_constraint(
        op.f("ck_enrolments_ended"),
        "enrolments",
        "num_nonnulls(ended_at, ended_by, end_reason)"
        " = CASE WHEN state IN ('withdrawn', 'transferred', 'cancelled') THEN 3 ELSE 0 END",
    )
    op.create_check_constraint(
        op.f("ck_enrolments_priority"),
        "enrolments",
        "priority_rank >= 0 AND (priority_group IS NULL) = (priority_evidence_encrypted IS NULL)",
    )


def _indexes_of_enrolments() -> None:
    """One enrolment that counts for each person and class; who withdrew may enrol again (T06)."""
    op.drop_constraint("uq_enrolments_class_id_person_key", "enrolments")
    op.create_index(
        "uq_enrolments_standing",
        "enrolments",
        ["class_id", "person_key"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'enrolled', 'completed', 'completion_revoked')"),
    )
    op.create_index(
        "ix_enrolments_waiting",
        "enrolments",
        ["class_id", "priority_rank", "enrolled_at", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    for name in ("district", "institution_id", "project_code"):
        op.create_index(f"ix_enrolments_{name}_id", "enrolments", [name, "id"])


def _enrolment_hours() -> None:
    """Nobody sits in two sessions at once (T06). Overlaps from before this rule stay as they are."""
    op.create_table(
        "enrolment_hours",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("hours", postgresql.TSTZMULTIRANGE(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name="fk_enrolment_hours_enrolment_id"),
        sa.PrimaryKeyConstraint("enrolment_id", name="pk_enrolment_hours"),
    )
    op.execute(
        "ALTER TABLE enrolment_hours ADD CONSTRAINT ex_enrolment_hours_person EXCLUDE USING gist"
        " (person_key WITH =, hours WITH &&)"
    )
    op.execute(
        "INSERT INTO enrolment_hours"
        " SELECT enrolments.id, person_key, range_agg(tstzrange(starts_at, ends_at))"
        " FROM enrolments JOIN sessions USING (class_id) GROUP BY enrolments.id ORDER BY enrolments.id"
        " ON CONFLICT DO NOTHING"
    )


def _enterprise_snapshots() -> None:
    op.create_table(
        "enterprise_snapshots",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("shareholding_basis_points", sa.Integer(), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'known', 'unknown')", name=op.f("ck_enterprise_snapshots_state")
        ),
        sa.CheckConstraint(
            "num_nonnulls(name, registered_on, roles) = CASE state WHEN 'known' THEN 3 ELSE 0 END",
            name=op.f("ck_enterprise_snapshots_known"),
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (next_try_at IS NOT NULL)", name=op.f("ck_enterprise_snapshots_pending")
        ),
        sa.CheckConstraint(
            "shareholding_basis_points IS NULL"
            " OR (shareholding_basis_points BETWEEN 0 AND 10000 AND state = 'known')",
            name=op.f("ck_enterprise_snapshots_shareholding"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name="fk_enterprise_snapshots_enrolment_id"
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name="pk_enterprise_snapshots"),
    )
    op.create_index(
        "ix_enterprise_snapshots_pending",
        "enterprise_snapshots",
        ["next_try_at"],
        postgresql_where=sa.text("state = 'pending'"),
    )


def _forbid_changes() -> None:
    # What ended stays ended; a person enrols again by a new record (T06).
    op.execute(
        """
        CREATE TRIGGER enrolments_stay_ended BEFORE UPDATE ON enrolments FOR EACH ROW
        WHEN (OLD.state IN ('withdrawn', 'transferred', 'cancelled')
              AND (OLD.state, OLD.ended_at, OLD.ended_by, OLD.end_reason)
              IS DISTINCT FROM (NEW.state, NEW.ended_at, NEW.ended_by, NEW.end_reason))
        EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute(
        """
        CREATE TRIGGER classes_stay_cancelled BEFORE UPDATE ON classes FOR EACH ROW
        WHEN (OLD.state = 'cancelled') EXECUTE FUNCTION refuse_change()
        """
    )
    # A session is cancelled once, and a cancelled one is not moved (T06).
    op.execute(
        """
        CREATE TRIGGER sessions_stay_cancelled BEFORE UPDATE ON sessions FOR EACH ROW
        WHEN (OLD.cancelled_at IS NOT NULL) EXECUTE FUNCTION refuse_change()
        """
    )
    # What the registry told of a firm at enrolment is kept as it was told (D02).
    op.execute(
        """
        CREATE TRIGGER enterprise_snapshots_stay_told BEFORE UPDATE ON enterprise_snapshots FOR EACH ROW
        WHEN (OLD.state <> 'pending') EXECUTE FUNCTION refuse_change()
        """
    )
