"""Signed credentials (电子凭证) and the status lists in which each has a place of its own.

A trigger forbids changing a credential in anything but its one withdrawal; nothing is deleted.
"""

import sqlalchemy as sa

from cert_svc.schema import metadata

status_lists = sa.Table(
    "status_lists",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entries", sa.Integer, nullable=False),
    # Counts the withdrawals, so that a published list is known to be out of date.
    sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint("entries >= 131072 AND entries % 8 = 0", name="entries"),
)

credentials = sa.Table(
    "credentials",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("certificate_id", sa.Uuid, sa.ForeignKey("certificates.id"), nullable=False),
    sa.Column("status_list", sa.Integer, sa.ForeignKey("status_lists.number"), nullable=False),
    sa.Column("status_index", sa.Integer, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
    # It says the holder's name, so it rests encrypted like the name itself.
    sa.Column("document_encrypted", sa.Text, nullable=False),
    sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("status_list", "status_index"),
    sa.CheckConstraint("status_index >= 0", name="status_index"),
    sa.Index(
        "uq_credentials_live", "certificate_id", unique=True, postgresql_where=sa.text("withdrawn_at IS NULL")
    ),
    sa.Index(
        "ix_credentials_withdrawn",
        "status_list",
        "status_index",
        postgresql_where=sa.text("withdrawn_at IS NOT NULL"),
    ),
)
