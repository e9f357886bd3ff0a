"""Tables of recoveries and of what was paid back."""

import sqlalchemy as sa

from subsidy_svc.recoveries.lifecycle import State
from subsidy_svc.schema import metadata, one_of

CAUSES = ("certificate_revoked", "person_fraud", "office_error")

recoveries = sa.Table(
    "recoveries",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False, unique=True),
    sa.Column("certificate_id", sa.Uuid, nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("fund_year", sa.SmallInteger, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    # A trigger of the receipts keeps it: no two instalments together bring in more than is owed.
    sa.Column("received_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("waived_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("demand_document", sa.Text),
    sa.Column("demanded_on", sa.Date),
    sa.Column("due_on", sa.Date),
    sa.Column("waiver_reason", sa.Text),
    sa.Column("waiver_proposed_by", sa.Text),
    sa.Column("waiver_proposed_by_person", sa.Text),
    sa.Column("waiver_decided_by", sa.Text),
    sa.Column("waiver_decided_by_person", sa.Text),
    sa.Column("waiver_decided_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.CheckConstraint(one_of("cause", CAUSES), name="cause"),
    sa.CheckConstraint(one_of("state", State), name="state"),
    sa.CheckConstraint("amount_fen > 0", name="amount_fen"),
    sa.CheckConstraint(
        "received_fen >= 0 AND waived_fen >= 0 AND received_fen + waived_fen <= amount_fen", name="owed"
    ),
    sa.CheckConstraint(
        "state NOT IN ('recovered', 'waived') OR received_fen + waived_fen = amount_fen", name="ended"
    ),
    sa.CheckConstraint("waived_fen = 0 OR state = 'waived'", name="waived"),
    sa.CheckConstraint(
        "state = 'open' OR num_nonnulls(demand_document, demanded_on, due_on) = 3", name="demanded"
    ),
    sa.CheckConstraint(
        "state <> 'waived' OR (waiver_reason IS NOT NULL AND waiver_decided_by IS NOT NULL)",
        name="waiver_decided",
    ),
    sa.CheckConstraint("waiver_proposed_by <> waiver_decided_by", name="two_people"),
    sa.CheckConstraint("waiver_proposed_by_person <> waiver_decided_by_person", name="two_people_by_person"),
    sa.Index("ix_recoveries_district", "district", "id"),
    sa.Index("ix_recoveries_state", "district", "state", "id"),
    sa.Index("ix_recoveries_opened", "district", "opened_on", "id"),
    sa.Index(
        "ix_recoveries_due", "due_on", postgresql_where=sa.text("state IN ('demanded', 'waiver_proposed')")
    ),
)

# What came in, and the mirrors of what was recorded wrongly: it only grows.
receipts = sa.Table(
    "recovery_receipts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("recovery_id", sa.Uuid, sa.ForeignKey("recoveries.id"), nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("reverses", sa.Uuid, sa.ForeignKey("recovery_receipts.id"), unique=True),
    sa.CheckConstraint("amount_fen <> 0 AND (amount_fen < 0) = (reverses IS NOT NULL)", name="amount_fen"),
    sa.Index("ix_recovery_receipts_recovery", "recovery_id", "id"),
)
