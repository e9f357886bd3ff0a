"""Tables of claim windows."""

import sqlalchemy as sa

from subsidy_svc.schema import metadata, one_of

windows = sa.Table(
    "windows",
    metadata,
    sa.Column("certificate_id", sa.Uuid, primary_key=True),
    sa.Column("certificate_number", sa.Text, nullable=False),
    sa.Column("certificate_edition", sa.SmallInteger, nullable=False, server_default="1"),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    # As the event brought them, under the event keys: opening them is left to the few places that need it.
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("id_number_encrypted", sa.Text, nullable=False),
    sa.Column("institution_credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("project_name", sa.Text, nullable=False),
    sa.Column("class_id", sa.Uuid, nullable=False),
    sa.Column("class_started_on", sa.Date, nullable=False),
    sa.Column("evaluated_on", sa.Date),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("last_day_provisional", sa.Boolean, nullable=False),
    # The day of the next reminder; none where no more follows.
    sa.Column("remind_on", sa.Date),
    sa.Column("closed_cause", sa.Text),
    sa.Column("closed_on", sa.Date),
    sa.Column("revoked_on", sa.Date),
    sa.Column("revocation_reason", sa.Text),
    sa.CheckConstraint(one_of("closed_cause", ("elapsed", "revoked")), name="closed_cause"),
    sa.CheckConstraint("(closed_cause IS NULL) = (closed_on IS NULL)", name="closed_on"),
    sa.CheckConstraint(
        "closed_cause IS DISTINCT FROM 'revoked' OR revoked_on IS NOT NULL", name="revoked_on"
    ),
    sa.CheckConstraint("last_day >= issued_on", name="last_day"),
    sa.Index("ix_windows_person", "person_key", "certificate_id"),
    sa.Index(
        "ix_windows_provisional",
        "issued_on",
        postgresql_where=sa.text("last_day_provisional AND closed_cause IS NULL"),
    ),
    sa.Index("ix_windows_due", "last_day", postgresql_where=sa.text("closed_cause IS NULL")),
    sa.Index("ix_windows_remind", "remind_on", postgresql_where=sa.text("closed_cause IS NULL")),
)

# Stage-3 certificates that open no window (D10), so that their revocation is known to have nothing to act on.
certificates_without_window = sa.Table(
    "certificates_without_window",
    metadata,
    sa.Column("certificate_id", sa.Uuid, primary_key=True),
    sa.Column("issued_on", sa.Date, nullable=False),
)
