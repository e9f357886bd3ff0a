"""A claim whose payment failed may be paid to another account (S11)."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AS_APPLIED = """
CREATE TRIGGER claims_as_applied BEFORE UPDATE OF
    id, certificate_id, person_key, district, institution_credit_code, project_code, amount_fen,
    enterprise_credit_code, enterprise_name, channel, findings, within_years_on, policy_version, submitted_at
ON claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_ACCOUNT = """
CREATE TRIGGER claims_account BEFORE UPDATE OF
    account_kind, account_masked, account_reason, payee_encrypted, payee_digest
ON claims FOR EACH ROW WHEN (OLD.state <> 'payment_failed') EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.execute("DROP TRIGGER claims_as_applied ON claims")
    op.execute(_AS_APPLIED)
    op.execute(_ACCOUNT)
