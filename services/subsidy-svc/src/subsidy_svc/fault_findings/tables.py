"""The table of findings of fault."""

import sqlalchemy as sa

from subsidy_svc.fault_findings.lifecycle import State
from subsidy_svc.policy.faults import Fault
from subsidy_svc.schema import metadata, one_of

fault_findings = sa.Table(
    "fault_findings",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("fault", sa.Text, nullable=False),
    sa.Column("institution_took_part", sa.Boolean, nullable=False),
    sa.Column("statement", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("reported_by", sa.Text, nullable=False),
    sa.Column("reported_by_person", sa.Text),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_by_person", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("fault", Fault), name="fault"),
    sa.CheckConstraint(one_of("state", State), name="state"),
    sa.CheckConstraint("NOT institution_took_part OR fault = 'person_fraud'", name="institution"),
    sa.CheckConstraint(
        "(state = 'reported') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
        name="decided",
    ),
    sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refused"),
    sa.CheckConstraint("reported_by <> decided_by", name="two_people"),
    sa.CheckConstraint("reported_by_person <> decided_by_person", name="two_people_by_person"),
    # A claim has one that waits or stands.
    sa.Index(
        "uq_fault_findings_claim",
        "claim_id",
        unique=True,
        postgresql_where=sa.text("state IN ('reported', 'confirmed')"),
    ),
    sa.Index("ix_fault_findings_district", "district", "id"),
)
