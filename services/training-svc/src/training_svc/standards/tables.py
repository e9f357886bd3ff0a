"""Published standards (专业设置标准): a row never changes once something cites it (T05; O31 统一培训标准)."""

import sqlalchemy as sa

from training_svc.schema import metadata

standards = sa.Table(
    "standards",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("project_code", sa.Text, sa.ForeignKey("projects.code"), nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("min_hours", sa.Integer, nullable=False),
    sa.Column("max_class_size", sa.Integer, nullable=False),
    sa.Column("attendance_percent", sa.SmallInteger, nullable=False),
    sa.Column("max_online_percent", sa.SmallInteger),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("trainees_per_instructor", sa.Integer),
    sa.Column("square_decimetres_per_trainee", sa.Integer),
    sa.Column("withdrawn_on", sa.Date),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.UniqueConstraint("project_code", "version"),
    sa.CheckConstraint("min_hours > 0", name="min_hours"),
    sa.CheckConstraint("max_class_size > 0", name="max_class_size"),
    sa.CheckConstraint("attendance_percent BETWEEN 1 AND 100", name="attendance_percent"),
    sa.CheckConstraint("trainees_per_instructor > 0", name="trainees_per_instructor"),
    sa.CheckConstraint("square_decimetres_per_trainee > 0", name="square_decimetres_per_trainee"),
    sa.CheckConstraint("max_online_percent BETWEEN 0 AND 100", name="max_online_percent"),
    # One version begins on a day; a withdrawn one leaves its day free.
    sa.Index(
        "uq_standards_first_day",
        "project_code",
        "effective_from",
        unique=True,
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    ),
)
