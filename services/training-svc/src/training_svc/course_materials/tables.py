"""Materials of courses (课件), in versions; a trigger freezes what is released (T09; O31 统一培训教材)."""

import sqlalchemy as sa

from training_svc.schema import metadata

course_materials = sa.Table(
    "course_materials",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("course_id", sa.Uuid, sa.ForeignKey("courses.id"), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("material_version", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("drafted_by", sa.Text, nullable=False),
    sa.Column("released_at", sa.DateTime(timezone=True)),
    sa.Column("released_by", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("course_id", "title", "material_version"),
    sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    sa.CheckConstraint("size_bytes > 0", name="size_bytes"),
    sa.CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released"),
    sa.Index("ix_course_materials_course_id_id", "course_id", "id"),
)
