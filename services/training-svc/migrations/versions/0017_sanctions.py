"""Sanctions keep the authority that recorded them, and what was lifted may be imposed once more (T08)."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

# Who recorded it is in the audit log: an officer of a district, else one of the city.
_AUTHORITIES = """
UPDATE sanctions SET authority = coalesce(
    (SELECT CASE WHEN role = 'district_officer' THEN audit_log.district ELSE 'city' END
     FROM audit_log WHERE action = 'record_sanction' AND object_id = sanctions.id::text),
    (SELECT district FROM institutions WHERE id = sanctions.institution_id))
"""


def upgrade() -> None:
    """One document is in force once for each thing it imposes."""
    op.add_column("sanctions", sa.Column("authority", sa.Text(), nullable=True))
    op.execute(_AUTHORITIES)
    op.alter_column("sanctions", "authority", nullable=False)
    op.drop_constraint("uq_sanctions_institution_id_document_number_kind", "sanctions")
    op.create_index(
        "ix_sanctions_document",
        "sanctions",
        ["institution_id", "document_number", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'in_force'"),
    )
