"""Tables of claims and of the places they take (caps S03, S04)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from subsidy_svc.claims.lifecycle import ENDED, IN_REVIEW, State
from subsidy_svc.claims.origin import Channel
from subsidy_svc.policy.facts import AccountKind
from subsidy_svc.schema import metadata, one_of

STORED_STATES = tuple(state for state in State if state is not State.BATCHED)
_STANDING = f"NOT ({one_of('state', tuple(sorted(ENDED)))})"
_IN_REVIEW = one_of("state", IN_REVIEW)
_WAITS = f"waiting_since IS NOT NULL AND {_IN_REVIEW}"

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("certificate_id", sa.Uuid, sa.ForeignKey("windows.certificate_id"), nullable=False),
    sa.Column("person_key", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("institution_credit_code", sa.Text, nullable=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("enterprise_credit_code", sa.Text, nullable=False),
    # Not known while the claim waits for the registry that tells it; so are the account and the payee.
    sa.Column("enterprise_name", sa.Text),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("case_number", sa.Text),
    sa.Column("account_kind", sa.Text, nullable=False),
    sa.Column("account_masked", sa.Text),
    sa.Column("account_reason", sa.Text),
    # Holder, bank and number sealed as one, so that no part can be moved to another claim's.
    sa.Column("payee_encrypted", sa.Text),
    # Keyed hash of the same three: a bank's file is compared without opening anything.
    sa.Column("payee_digest", sa.LargeBinary),
    # Keyed hashes by which claims with the same account or phone are found; older claims have none.
    sa.Column("account_key", sa.LargeBinary),
    sa.Column("phone_masked", sa.Text),
    sa.Column("phone_encrypted", sa.Text),
    sa.Column("phone_key", sa.LargeBinary),
    sa.Column("findings", JSONB, nullable=False),
    sa.Column("within_years_on", JSONB, nullable=False),
    sa.Column("policy_version", sa.Text, nullable=False),
    # What the rules were asked about; claims older than this column have none.
    sa.Column("facts", JSONB),
    sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("filed_by", sa.Text),
    sa.Column("filed_by_person", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("taken_by", sa.Text),
    sa.Column("taken_by_person", sa.Text),
    sa.Column("taken_at", sa.DateTime(timezone=True)),
    sa.Column("accepted_by", sa.Text),
    sa.Column("accepted_by_person", sa.Text),
    sa.Column("approved_by", sa.Text),
    sa.Column("approved_by_person", sa.Text),
    sa.Column("notice_last_day", sa.Date),
    # The year of the money: that of the approval (O04).
    sa.Column("fund_year", sa.SmallInteger),
    sa.Column("decision_reason", sa.Text),
    sa.Column("decision_article", sa.Text),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_by_person", sa.Text),
    # The registries that could not be asked, since when, and when they are asked again.
    sa.Column("waiting_since", sa.DateTime(timezone=True)),
    sa.Column("waiting_for", sa.ARRAY(sa.Text)),
    sa.Column("ask_again_at", sa.DateTime(timezone=True)),
    # When it is next looked at for signs of risk; a new claim at once.
    sa.Column("signs_due_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint(one_of("state", STORED_STATES), name="state"),
    sa.CheckConstraint(one_of("channel", Channel), name="channel"),
    sa.CheckConstraint(one_of("account_kind", AccountKind), name="account_kind"),
    sa.CheckConstraint("account_kind = 'social_security_card' OR account_reason IS NOT NULL", name="reason"),
    sa.CheckConstraint("amount_fen > 0", name="amount_fen"),
    sa.CheckConstraint(
        "num_nonnulls(waiting_since, waiting_for, ask_again_at) IN (0, 3)",
        name="waiting",
    ),
    sa.CheckConstraint(
        "approved_by IS NULL OR (waiting_since IS NULL AND enterprise_name IS NOT NULL"
        " AND account_masked IS NOT NULL AND payee_encrypted IS NOT NULL AND payee_digest IS NOT NULL)",
        name="approved_on_answers",
    ),
    sa.CheckConstraint("num_nonnulls(phone_masked, phone_encrypted, phone_key) IN (0, 3)", name="phone"),
    sa.CheckConstraint("accepted_by <> approved_by", name="four_eyes"),
    sa.CheckConstraint("accepted_by_person <> approved_by_person", name="four_eyes_by_person"),
    sa.CheckConstraint("filed_by <> approved_by", name="not_who_filed"),
    sa.CheckConstraint("filed_by_person <> approved_by_person", name="not_who_filed_by_person"),
    sa.CheckConstraint("person_key <> approved_by_person", name="not_ones_own"),
    sa.CheckConstraint(f"NOT ({_IN_REVIEW}) OR due_on IS NOT NULL", name="due"),
    sa.CheckConstraint(
        f"taken_by IS NULL OR ({_IN_REVIEW} AND taken_at IS NOT NULL)", name="taken_in_review"
    ),
    sa.CheckConstraint(
        "state <> 'not_accepted' OR (decision_reason IS NOT NULL AND decision_article IS NOT NULL)",
        name="not_accepted",
    ),
    sa.CheckConstraint(
        "state NOT IN ('noticed', 'held', 'cleared', 'paid', 'payment_failed', 'account_changed')"
        " OR (approved_by IS NOT NULL AND notice_last_day IS NOT NULL AND fund_year IS NOT NULL)",
        name="approved",
    ),
    # Not unique: one paid by the office's error may stand beside the next. The places keep all others apart.
    sa.Index("ix_claims_standing", "certificate_id", postgresql_where=sa.text(_STANDING)),
    sa.Index(
        "uq_claims_case_number",
        "case_number",
        unique=True,
        postgresql_where=sa.text("case_number IS NOT NULL"),
    ),
    sa.Index("ix_claims_person", "person_key", "id"),
    sa.Index("ix_claims_district_state", "district", "state", "id"),
    sa.Index("ix_claims_district", "district", "id"),
    sa.Index("ix_claims_queue", "district", "due_on", "id", postgresql_where=sa.text(_IN_REVIEW)),
    sa.Index("ix_claims_ask_again", "ask_again_at", postgresql_where=sa.text(_WAITS)),
    sa.Index(
        "ix_claims_account_key",
        "account_key",
        "person_key",
        postgresql_where=sa.text("account_key IS NOT NULL"),
    ),
    sa.Index(
        "ix_claims_phone_key",
        "phone_key",
        "person_key",
        postgresql_where=sa.text("phone_key IS NOT NULL"),
    ),
    sa.Index("ix_claims_enterprise", "enterprise_credit_code", "person_key"),
    sa.Index(
        "ix_claims_approved",
        "submitted_at",
        "district",
        "institution_credit_code",
        postgresql_where=sa.text("approved_by IS NOT NULL"),
    ),
    sa.Index(
        "ix_claims_signs_due",
        sa.text("coalesce(signs_due_at, submitted_at)"),
        postgresql_where=sa.text(_IN_REVIEW),
    ),
    sa.Index("ix_claims_approver", "approved_by", postgresql_where=sa.text("approved_by_person IS NOT NULL")),
    sa.Index(
        "ix_claims_on_notice", "district", "id", postgresql_where=sa.text("state IN ('noticed', 'held')")
    ),
    sa.Index("ix_claims_notice_due", "notice_last_day", postgresql_where=sa.text("state = 'noticed'")),
)

# Written out, not as parameters: only so can every plan use the partial indexes.
STANDS = sa.text(_STANDING.replace("state", "claims.state"))
IS_IN_REVIEW = sa.text(_IN_REVIEW.replace("state", "claims.state"))
WAITS = sa.text(_WAITS.replace("state", "claims.state").replace("waiting_since", "claims.waiting_since"))
IS_NOTICED = sa.text("claims.state = 'noticed'")
IS_ON_NOTICE = sa.text("claims.state IN ('noticed', 'held')")

reservations = sa.Table(
    "reservations",
    metadata,
    sa.Column("person_key", sa.Text, primary_key=True),
    sa.Column("slot", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("project_code", sa.Text, nullable=False),
    sa.Column("claim_id", sa.Uuid, nullable=False, unique=True),
    sa.UniqueConstraint("person_key", "project_code"),
    sa.CheckConstraint("slot >= 1", name="slot"),
)
