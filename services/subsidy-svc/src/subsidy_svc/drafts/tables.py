"""The table of drafts: no place is taken and no window is locked while a claim is only drafted."""

import sqlalchemy as sa

from subsidy_svc.claims.origin import Channel
from subsidy_svc.drafts.lifecycle import State
from subsidy_svc.policy.facts import AccountKind
from subsidy_svc.schema import metadata, one_of

drafts = sa.Table(
    "claim_drafts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("certificate_id", sa.Uuid, sa.ForeignKey("windows.certificate_id"), nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("enterprise_credit_code", sa.Text),
    sa.Column("account_kind", sa.Text),
    sa.Column("account_masked", sa.Text),
    sa.Column("account_encrypted", sa.Text),
    sa.Column("phone_masked", sa.Text),
    sa.Column("phone_encrypted", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("case_number", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), unique=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("state", State), name="state"),
    sa.CheckConstraint(one_of("account_kind", AccountKind), name="account_kind"),
    sa.CheckConstraint(one_of("channel", Channel), name="channel"),
    sa.CheckConstraint("(account_kind IS NULL) = (account_encrypted IS NULL)", name="account"),
    sa.CheckConstraint("(phone_masked IS NULL) = (phone_encrypted IS NULL)", name="phone"),
    sa.CheckConstraint("(state = 'submitted') = (claim_id IS NOT NULL)", name="submitted"),
    sa.Index(
        "uq_claim_drafts_live", "certificate_id", unique=True, postgresql_where=sa.text("state = 'draft'")
    ),
    sa.Index("ix_claim_drafts_person", "person_key", "id"),
)
