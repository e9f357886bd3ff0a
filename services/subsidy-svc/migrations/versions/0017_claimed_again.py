"""A certificate may be claimed for again after a payment by the office's error (D03)."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STANDING = "NOT (state IN ('not_accepted', 'rejected', 'stopped', 'withdrawn'))"


def upgrade() -> None:
    op.drop_index("uq_claims_open_certificate", "claims")
    op.create_index("ix_claims_standing", "claims", ["certificate_id"], postgresql_where=sa.text(_STANDING))
