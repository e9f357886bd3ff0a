"""Tables of objections and of what their investigation found."""

import sqlalchemy as sa

from subsidy_svc.objections.lifecycle import DECIDED, State
from subsidy_svc.schema import metadata, one_of

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
    # SHA-256 of the receipt (回执): the receipt itself is kept nowhere. Objections older than it have none.
    sa.Column("receipt_digest", sa.LargeBinary, unique=True),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("investigator", sa.Text),
    sa.Column("investigator_person", sa.Text),
    sa.Column("decision_reason", sa.Text),
    # Decisions older than this column name none.
    sa.Column("decision_article", sa.Text),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_by_person", sa.Text),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("state", State), name="state"),
    sa.CheckConstraint(
        f"({one_of('state', DECIDED)})"
        " = (decided_by IS NOT NULL AND decided_at IS NOT NULL AND decision_reason IS NOT NULL)",
        name="decided",
    ),
    sa.CheckConstraint("state <> 'investigating' OR investigator IS NOT NULL", name="investigated"),
    sa.CheckConstraint("investigator <> decided_by", name="two_people"),
    sa.CheckConstraint("investigator_person <> decided_by_person", name="two_people_by_person"),
    sa.Index("ix_objections_district", "district", "id"),
    sa.Index("ix_objections_due", "district", "due_on", "id"),
    sa.Index("ix_objections_claim", "claim_id", "id"),
)

# What the investigation found (核查记录); rows are never changed.
notes = sa.Table(
    "objection_notes",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("objection_id", sa.Uuid, sa.ForeignKey("objections.id"), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("noted_by", sa.Text, nullable=False),
    sa.Column("noted_by_person", sa.Text),
    sa.Index("ix_objection_notes_objection", "objection_id", "id"),
)
