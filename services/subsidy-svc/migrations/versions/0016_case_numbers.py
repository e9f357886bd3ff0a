"""Claims carry the channel and the case number of the city's platform (S06)."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_CHANNELS = "channel IN ('online', 'web', 'app', 'terminal', 'counter')"
_AS_NUMBERED = """
CREATE TRIGGER claims_as_numbered BEFORE UPDATE OF case_number
ON claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.add_column("claims", sa.Column("case_number", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_claims_channel"), "claims")
    op.create_check_constraint(op.f("ck_claims_channel"), "claims", _CHANNELS)
    op.create_index(
        "uq_claims_case_number",
        "claims",
        ["case_number"],
        unique=True,
        postgresql_where=sa.text("case_number IS NOT NULL"),
    )
    op.execute(_AS_NUMBERED)
    op.add_column("claim_drafts", sa.Column("channel", sa.Text(), nullable=True))
    op.add_column("claim_drafts", sa.Column("case_number", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_claim_drafts_channel"), "claim_drafts", _CHANNELS)
