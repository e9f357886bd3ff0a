"""Tables of public notices and objections."""

import sqlalchemy as sa

from subsidy_svc.schema import metadata, one_of

# Frozen at publication: a trigger refuses every later change (D13, D04).
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False, unique=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("project_name", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("last_day_provisional", sa.Boolean, nullable=False),
    sa.CheckConstraint("last_day >= first_day", name="period"),
    sa.Index("ix_notices_district", "district", "id"),
)

objections = sa.Table(
    "objections",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("notice_id", sa.Uuid, sa.ForeignKey("notices.id"), nullable=False),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text),
    sa.Column("name_encrypted", sa.Text),
    sa.Column("contact_encrypted", sa.Text),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decision_reason", sa.Text),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("state", ("open", "upheld", "dismissed", "lapsed")), name="state"),
    sa.CheckConstraint(
        "state NOT IN ('upheld', 'dismissed') OR (decided_by IS NOT NULL AND decision_reason IS NOT NULL)",
        name="decided",
    ),
    sa.Index("ix_objections_district", "district", "id"),
    sa.Index("ix_objections_open", "claim_id", postgresql_where=sa.text("state = 'open'")),
)
