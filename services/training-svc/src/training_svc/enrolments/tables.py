"""Enrolments (报名) by real name: one that counts for each person and class, and the hours it takes of them.

That a person sits in two sessions at once is refused by an EXCLUDE constraint in the migration, and that one
sits in one and teaches another by triggers beside it.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE

from training_svc.enrolments.lifecycle import WITH_A_PLACE, State
from training_svc.schema import metadata

enrolments = sa.Table(
    "enrolments",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, nullable=False),
    # The class's own, which never change: lists by them need no join.
    sa.Column("institution_id", sa.Uuid, nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("masked_id_number", sa.Text, nullable=False),
    sa.Column("masked_phone", sa.Text, nullable=False),
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    sa.Column("phone_encrypted", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("enrolled_by", sa.Text, nullable=False),
    # When a place was taken: at once, or by moving up from the waiting list.
    sa.Column("admitted_at", sa.DateTime(timezone=True)),
    sa.Column("priority_group", sa.Text),
    sa.Column("priority_evidence_encrypted", sa.Text),
    # The group's place in the order of the class's first day; the waiting list goes by it, then by time.
    sa.Column("priority_rank", sa.SmallInteger, nullable=False),
    sa.Column("transferred_from", sa.Uuid, sa.ForeignKey("enrolments.id"), unique=True),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("ended_by", sa.Text),
    sa.Column("end_reason", sa.Text),
    sa.Column("completed_at", sa.DateTime(timezone=True)),
    sa.Column("completed_on", sa.Date),
    sa.Column("sessions_attended", sa.Integer),
    sa.Column("sessions_held", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["class_id", "institution_id", "project_code", "district"],
        ["classes.id", "classes.institution_id", "classes.project_code", "classes.district"],
    ),
    # So that an attendance can be held to the sessions of its enrolment's class.
    sa.UniqueConstraint("class_id", "id"),
    sa.CheckConstraint(
        "state IN ('waiting', 'enrolled', 'completed', 'completion_revoked',"
        " 'withdrawn', 'transferred', 'cancelled')",
        name="state",
    ),
    sa.CheckConstraint(
        "CASE state WHEN 'waiting' THEN admitted_at IS NULL"
        " WHEN 'withdrawn' THEN true WHEN 'cancelled' THEN true ELSE admitted_at IS NOT NULL END",
        name="admitted",
    ),
    sa.CheckConstraint(
        "num_nonnulls(ended_at, ended_by, end_reason)"
        " = CASE WHEN state IN ('withdrawn', 'transferred', 'cancelled') THEN 3 ELSE 0 END",
        name="ended",
    ),
    sa.CheckConstraint(
        "num_nonnulls(completed_at, completed_on, sessions_attended, sessions_held)"
        " = CASE state WHEN 'completed' THEN 4 ELSE 0 END",
        name="completed",
    ),
    sa.CheckConstraint("sessions_attended BETWEEN 0 AND sessions_held", name="sessions"),
    sa.CheckConstraint(
        "priority_rank >= 0 AND (priority_group IS NULL) = (priority_evidence_encrypted IS NULL)",
        name="priority",
    ),
    sa.Index(
        "uq_enrolments_standing",
        "class_id",
        "person_key",
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'enrolled', 'completed', 'completion_revoked')"),
    ),
    sa.Index(
        "ix_enrolments_waiting",
        "class_id",
        "priority_rank",
        "enrolled_at",
        "id",
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index("ix_enrolments_person_key_id", "person_key", "id"),
    sa.Index("ix_enrolments_district_id", "district", "id"),
    sa.Index("ix_enrolments_institution_id_id", "institution_id", "id"),
    sa.Index("ix_enrolments_project_code_id", "project_code", "id"),
    sa.Index("ix_enrolments_state_id", "state", "id"),
    sa.Index("ix_enrolments_district_state_id", "district", "state", "id"),
    sa.Index("ix_enrolments_enrolled_at_id", "enrolled_at", "id"),
    sa.Index("ix_enrolments_district_enrolled_at_id", "district", "enrolled_at", "id"),
    sa.Index(
        "ix_enrolments_priority_group_id",
        "priority_group",
        "id",
        postgresql_where=sa.text("priority_group IS NOT NULL"),
    ),
)


def state_among(states: Iterable[State]) -> sa.ColumnElement[bool]:
    """Enrolments in one of the states."""
    return enrolments.c.state == sa.any_(sa.literal([str(one) for one in states], sa.ARRAY(sa.Text)))


enrolment_hours = sa.Table(
    "enrolment_hours",
    metadata,
    sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), primary_key=True),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("hours", TSTZMULTIRANGE, nullable=False),
)

HAS_A_PLACE: sa.ColumnElement[bool] = enrolments.c.state.in_(
    [sa.literal_column(f"'{state}'") for state in WITH_A_PLACE]
)
"""Whoever has a place in a class, completed or not."""
