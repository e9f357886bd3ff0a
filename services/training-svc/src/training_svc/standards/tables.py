"""Published standards (专业设置标准): a row never changes once it is published."""

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
    sa.UniqueConstraint("project_code", "version"),
    sa.UniqueConstraint("project_code", "effective_from"),
    sa.CheckConstraint("min_hours > 0", name="min_hours"),
    sa.CheckConstraint("max_class_size > 0", name="max_class_size"),
    sa.CheckConstraint("attendance_percent BETWEEN 1 AND 100", name="attendance_percent"),
    sa.CheckConstraint("max_online_percent BETWEEN 0 AND 100", name="max_online_percent"),
)
