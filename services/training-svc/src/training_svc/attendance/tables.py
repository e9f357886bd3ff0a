"""Attendance (考勤): one record for each trainee and session, and what corrections replaced."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from training_svc.schema import metadata

attendance = sa.Table(
    "attendance",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, nullable=False),
    sa.Column("session_id", sa.Uuid, nullable=False),
    sa.Column("enrolment_id", sa.Uuid, nullable=False),
    sa.Column("present", sa.Boolean, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("device", sa.Text),
    sa.Column("reason", sa.Text),
    # The card that was read or the photo that was taken, by the method.
    sa.Column("proof", JSONB(none_as_null=True)),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_from", sa.Text, nullable=False),
    sa.Column("by_trainee", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("session_id", "enrolment_id"),
    # Session and enrolment are of one class.
    sa.ForeignKeyConstraint(["class_id", "session_id"], ["sessions.class_id", "sessions.id"]),
    sa.ForeignKeyConstraint(["class_id", "enrolment_id"], ["enrolments.class_id", "enrolments.id"]),
    sa.CheckConstraint("method IN ('qr', 'card', 'photo', 'manual')", name="method"),
    sa.CheckConstraint("method <> 'manual' OR reason IS NOT NULL", name="reason"),
    sa.CheckConstraint("proof IS NULL OR method IN ('card', 'photo')", name="proof"),
    sa.Index("ix_attendance_enrolment_id", "enrolment_id"),
    # A trainee's own device is one person's; an institution's is everybody's, and many are called gate-1.
    sa.Index("ix_attendance_device", "device", "recorded_at", postgresql_where=sa.text("by_trainee")),
)

corrections = sa.Table(
    "attendance_corrections",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("attendance_id", sa.Uuid, sa.ForeignKey("attendance.id"), nullable=False),
    sa.Column("old_present", sa.Boolean, nullable=False),
    sa.Column("old_method", sa.Text, nullable=False),
    sa.Column("old_recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("old_device", sa.Text),
    sa.Column("old_reason", sa.Text),
    sa.Column("old_proof", JSONB(none_as_null=True)),
    sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("corrected_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("after_completion", sa.Boolean, nullable=False),
    sa.Index("ix_attendance_corrections_attendance_id_id", "attendance_id", "id"),
)
