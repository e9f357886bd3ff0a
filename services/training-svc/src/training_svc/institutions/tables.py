"""Training institutions (培训机构), one row for each unified social credit code."""

import sqlalchemy as sa

from training_svc.schema import metadata

institutions = sa.Table(
    "institutions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.Text, nullable=False, unique=True),
    sa.Column("early_code_reason", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("contact_masked_name", sa.Text),
    sa.Column("contact_masked_phone", sa.Text),
    sa.Column("contact_name_encrypted", sa.Text),
    sa.Column("contact_phone_encrypted", sa.Text),
    sa.Column("state", sa.Text, nullable=False, server_default="active"),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("registered_by", sa.Text, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("close_reason", sa.Text),
    # The first day of the inactivity that was told last, so that each is told once.
    sa.Column("inactive_since", sa.Date),
    # What was told with it of site and teachers: where they change meanwhile, it is told again (X4).
    sa.Column("inactive_has_site", sa.Boolean),
    sa.Column("inactive_full_time", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
    # A code fails its check exactly where an officer recorded why it is taken (T06).
    sa.CheckConstraint(
        "credit_code_checks(credit_code) = (early_code_reason IS NULL)", name="early_code_is_explained"
    ),
    sa.CheckConstraint("state IN ('active', 'closed')", name="state"),
    sa.CheckConstraint(
        "num_nonnulls(closed_on, close_reason) = CASE state WHEN 'closed' THEN 2 ELSE 0 END", name="closed"
    ),
    sa.CheckConstraint(
        "num_nonnulls(contact_masked_name, contact_masked_phone, contact_name_encrypted,"
        " contact_phone_encrypted) IN (0, 4)",
        name="contact",
    ),
    sa.Index("ix_institutions_district_id", "district", "id"),
    sa.Index("ix_institutions_name_id", "name", "id"),
    sa.Index("ix_institutions_registered_on_id", "registered_on", "id"),
)
