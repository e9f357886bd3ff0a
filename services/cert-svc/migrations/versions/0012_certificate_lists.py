"""Indexes for the lists of certificates and of their ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One for each column that narrows a list beside many certificates (C06)."""
    for column in ("class_id", "credit_code", "project_code", "issued_on"):
        op.create_index(op.f(f"ix_certificates_{column}_id"), "certificates", [column, "id"])
    op.create_index(
        "ix_certificates_revoked", "certificates", ["id"], postgresql_where=sa.text("state = 'revoked'")
    )
    op.create_index(
        "ix_certificates_reissued", "certificates", ["id"], postgresql_where=sa.text("edition > 1")
    )
    op.create_index(op.f("ix_certificate_ledger_number"), "certificate_ledger", ["number"])
    op.create_index(op.f("ix_certificate_ledger_on_day_id"), "certificate_ledger", ["on_day", "id"])
