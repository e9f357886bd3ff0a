"""Reports (举报) about institutions; what they say and who reports rest encrypted."""

import sqlalchemy as sa

from brand_svc.schema import metadata

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("receipt", sa.Text, nullable=False, unique=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("content_encrypted", sa.Text, nullable=False),
    # Without them the report is anonymous.
    sa.Column("masked_name", sa.Text),
    sa.Column("masked_phone", sa.Text),
    sa.Column("name_encrypted", sa.Text),
    sa.Column("phone_encrypted", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_from", sa.Text, nullable=False),
    sa.Column("ground", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_by", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("channel IN ('public', 'agency', 'transferred')", name="channel_known"),
    sa.CheckConstraint("state IN ('received', 'accepted', 'declined')", name="state_known"),
    sa.CheckConstraint("ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name="ground_known"),
    sa.CheckConstraint("(state = 'accepted') = (ground IS NOT NULL)", name="accepted_on_ground"),
    sa.CheckConstraint(
        "num_nonnulls(outcome, decided_on, decided_by) = CASE state WHEN 'received' THEN 0 ELSE 3 END",
        name="decided",
    ),
    sa.CheckConstraint(
        "num_nonnulls(masked_name, masked_phone, name_encrypted, phone_encrypted) IN (0, 4)", name="reporter"
    ),
    sa.Index(None, "district", "id"),
    sa.Index(None, "credit_code", "id"),
    sa.Index(None, "received_on", "id"),
)
