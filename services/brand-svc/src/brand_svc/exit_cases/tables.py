"""Exit cases (退出核查): at most one undecided case a credit code and ground (B11, D09)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.schema import metadata

_UNDECIDED = "state IN ('opened', 'noticed', 'heard', 'reported')"

exit_cases = sa.Table(
    "exit_cases",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("credit_code", sa.Text, nullable=False),
    sa.Column("brand_id", sa.Uuid, sa.ForeignKey("brands.id"), nullable=False),
    sa.Column("institution_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("overdue_told", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("notice", sa.Text),
    sa.Column("notice_evidence", JSONB, nullable=False, server_default="[]"),
    sa.Column("noticed_on", sa.Date),
    sa.Column("answer_by", sa.Date),
    sa.Column("answer", sa.Text),
    sa.Column("answer_evidence", JSONB, nullable=False, server_default="[]"),
    sa.Column("answered_on", sa.Date),
    sa.Column("waived", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("statement", sa.Text),
    sa.Column("evidence", JSONB, nullable=False, server_default="[]"),
    sa.Column("verified_on", sa.Date),
    sa.Column("verified_by", sa.Text),
    sa.Column("verified_by_person", sa.Text),
    sa.Column("returned_for", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("decided_on", sa.Date),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_by_person", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("ground IN ('X1', 'X2', 'X3', 'X4', 'X5')", name="ground_known"),
    sa.CheckConstraint(
        f"{_UNDECIDED} OR state IN ('closed_unfounded', 'revoked', 'dismissed', 'superseded', 'lapsed')",
        name="state_known",
    ),
    sa.CheckConstraint(
        "state NOT IN ('reported', 'closed_unfounded', 'revoked', 'dismissed')"
        " OR (statement IS NOT NULL AND verified_on IS NOT NULL)",
        name="verified_before_decided",
    ),
    sa.CheckConstraint(
        "state NOT IN ('noticed', 'heard') OR num_nonnulls(notice, noticed_on, answer_by) = 3", name="noticed"
    ),
    # Nobody's brand is revoked unheard; what was verified before there were hearings names no verifier.
    sa.CheckConstraint(
        "state NOT IN ('reported', 'revoked', 'dismissed') OR verified_by IS NULL OR noticed_on IS NOT NULL",
        name="heard_before_reported",
    ),
    sa.CheckConstraint("NOT waived OR answer IS NULL", name="answered_or_waived"),
    sa.CheckConstraint(
        "state NOT IN ('revoked', 'dismissed') OR reason IS NOT NULL", name="decided_with_reason"
    ),
    sa.CheckConstraint(f"({_UNDECIDED}) = (decided_on IS NULL)", name="end_has_day"),
    sa.CheckConstraint("verified_by <> decided_by", name="two_people"),
    sa.CheckConstraint("verified_by_person <> decided_by_person", name="two_people_by_person"),
    sa.Index(
        "uq_exit_cases_one_open_a_ground",
        "credit_code",
        "ground",
        unique=True,
        postgresql_where=sa.text(_UNDECIDED),
    ),
    sa.Index(
        "ix_exit_cases_not_told_overdue",
        "due_on",
        postgresql_where=sa.text(f"{_UNDECIDED} AND NOT overdue_told"),
    ),
    sa.Index(None, "district", "id"),
    sa.Index(None, "district", "due_on", "id"),
    sa.Index(None, "credit_code", "id"),
    sa.Index(None, "opened_on", "id"),
    sa.Index(None, "due_on", "id"),
    sa.Index(None, "brand_id"),
)

recusals = sa.Table(
    "exit_case_recusals",
    metadata,
    sa.Column("case_id", sa.Uuid, sa.ForeignKey("exit_cases.id"), primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("person_key", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recused_at", sa.DateTime(timezone=True), nullable=False),
)
