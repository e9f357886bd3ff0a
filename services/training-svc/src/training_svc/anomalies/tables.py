"""Anomalies (异常) of attendance, each found once, and the presences that no rule has looked at yet."""

import sqlalchemy as sa

from training_svc.schema import metadata

anomalies = sa.Table(
    "anomalies",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("class_id", sa.Uuid, sa.ForeignKey("classes.id"), nullable=False),
    # Those of the class, where they are frozen: so that a list by either is one walk along an index.
    sa.Column("institution_id", sa.Uuid, sa.ForeignKey("institutions.id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("session_id", sa.Uuid),
    sa.Column("enrolment_id", sa.Uuid),
    sa.Column("attendance_id", sa.Uuid),
    sa.Column("fact", sa.Text, nullable=False),
    sa.Column("required", sa.Text, nullable=False),
    sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("explained_at", sa.DateTime(timezone=True)),
    sa.Column("explained_by", sa.Text),
    sa.Column("explanation", sa.Text),
    sa.Column("confirmed_at", sa.DateTime(timezone=True)),
    sa.Column("confirmed_by", sa.Text),
    sa.Column("confirmation", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.UniqueConstraint("kind", "subject"),
    sa.CheckConstraint("state IN ('open', 'explained', 'confirmed')", name="state"),
    sa.CheckConstraint(
        "num_nonnulls(explained_at, explained_by, explanation) IN (0, 3)"
        " AND (state <> 'explained' OR explanation IS NOT NULL)"
        " AND (state <> 'open' OR explanation IS NULL)",
        name="explained",
    ),
    sa.CheckConstraint(
        "num_nonnulls(confirmed_at, confirmed_by, confirmation)"
        " = CASE state WHEN 'confirmed' THEN 3 ELSE 0 END",
        name="confirmed",
    ),
    sa.Index("ix_anomalies_district_id", "district", "id"),
    sa.Index("ix_anomalies_institution_id_id", "institution_id", "id"),
    sa.Index("ix_anomalies_class_id_id", "class_id", "id"),
    # What waits for somebody is few beside what was dealt with.
    sa.Index("ix_anomalies_open", "district", "id", postgresql_where=sa.text("state = 'open'")),
)

# A trigger adds each presence that is recorded or corrected, in the same transaction: it is there when the
# presence is, however late that commits, until the transaction of a sweep takes it away.
unswept = sa.Table(
    "attendance_unswept",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("attendance_id", sa.Uuid, nullable=False),
)
