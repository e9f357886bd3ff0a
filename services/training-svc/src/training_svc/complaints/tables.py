"""Complaints (投诉) about institutions; who complains and what is said rest encrypted."""

import sqlalchemy as sa

from training_svc.schema import metadata

complaints = sa.Table(
    "complaints",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("class_id", sa.Uuid),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("content_encrypted", sa.Text, nullable=False),
    # Without them the complaint is anonymous.
    sa.Column("masked_name", sa.Text),
    sa.Column("masked_phone", sa.Text),
    sa.Column("name_encrypted", sa.Text),
    sa.Column("phone_encrypted", sa.Text),
    # Who complained by signing in, so that they see what became of it.
    sa.Column("person_key", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("filed_on", sa.Date, nullable=False),
    sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("filed_by", sa.Text, nullable=False),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_by", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    # A complaint about a class is one about its institution.
    sa.ForeignKeyConstraint(["institution_id", "class_id"], ["classes.institution_id", "classes.id"]),
    sa.CheckConstraint("state IN ('filed', 'investigating', 'upheld', 'dismissed')", name="state"),
    sa.CheckConstraint(
        "channel IN ('online', 'counter', 'hotline', 'letter', 'transferred')", name="channel"
    ),
    sa.CheckConstraint(
        "subject IN ('teaching', 'attendance', 'fees', 'fraud', 'safety', 'other')", name="subject"
    ),
    sa.CheckConstraint(
        "num_nonnulls(decided_on, decided_by, outcome)"
        " = CASE WHEN state IN ('upheld', 'dismissed') THEN 3 ELSE 0 END",
        name="decided",
    ),
    sa.CheckConstraint(
        "num_nonnulls(masked_name, masked_phone, name_encrypted, phone_encrypted) IN (0, 4)",
        name="complainant",
    ),
    sa.CheckConstraint("(channel = 'online') = (person_key IS NOT NULL)", name="online"),
    sa.Index("ix_complaints_district_id", "district", "id"),
    sa.Index("ix_complaints_institution_id_id", "institution_id", "id"),
    sa.Index("ix_complaints_filed_on_id", "filed_on", "id"),
    sa.Index("ix_complaints_person_key_id", "person_key", "id"),
    # The rankings count these.
    sa.Index(
        "ix_complaints_upheld",
        "filed_on",
        "district",
        "institution_id",
        postgresql_where=sa.text("state = 'upheld'"),
    ),
)
