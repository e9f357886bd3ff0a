"""Indexes for the lists of entries and recoveries beside a million rows (O04, D06)."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_ledger_entries_occasion", "ledger_entries", ["district", "occasion", "id"])
    op.create_index("ix_recoveries_state", "recoveries", ["district", "state", "id"])
    op.create_index("ix_recoveries_opened", "recoveries", ["district", "opened_on", "id"])
