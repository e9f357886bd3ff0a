"""The working mechanisms (工作机制) that the districts file with the city centre."""

import sqlalchemy as sa

from training_svc.schema import metadata

working_mechanisms = sa.Table(
    "working_mechanisms",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("document_reference", sa.Text, nullable=False),
    sa.Column("responsible_unit", sa.Text, nullable=False),
    sa.Column("contact_masked_name", sa.Text, nullable=False),
    sa.Column("contact_masked_phone", sa.Text, nullable=False),
    sa.Column("contact_name_encrypted", sa.Text, nullable=False),
    sa.Column("contact_phone_encrypted", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("filed_on", sa.Date, nullable=False),
    sa.Column("filed_by", sa.Text, nullable=False),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_by", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state IN ('filed', 'accepted', 'returned')", name="state"),
    sa.CheckConstraint(
        "num_nulls(decided_at, decided_on, decided_by) = CASE state WHEN 'filed' THEN 3 ELSE 0 END",
        name="decided",
    ),
    sa.CheckConstraint("(state = 'returned') = (reason IS NOT NULL)", name="reason"),
    sa.Index("ix_working_mechanisms_district_id", "district", "id"),
    # A district waits for one answer at a time.
    sa.Index(
        "uq_working_mechanisms_filed", "district", unique=True, postgresql_where=sa.text("state = 'filed'")
    ),
)
