"""The table of attachments: written before the file is, so that no file is without its row."""

import sqlalchemy as sa

from subsidy_svc.attachments.content import MEDIA_TYPES
from subsidy_svc.attachments.lifecycle import State
from subsidy_svc.schema import metadata, one_of
from subsidy_svc.supplements.schemas import Subject

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id"), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    # A file's name often is a person's.
    sa.Column("name_encrypted", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("uploaded_by", sa.Text, nullable=False),
    sa.CheckConstraint(one_of("state", State), name="state"),
    sa.CheckConstraint(one_of("subject", Subject), name="subject"),
    sa.CheckConstraint(one_of("media_type", MEDIA_TYPES), name="media_type"),
    sa.CheckConstraint("bytes > 0", name="bytes"),
    sa.Index("ix_attachments_claim", "claim_id", "id", postgresql_where=sa.text("state = 'stored'")),
    sa.Index("ix_attachments_begun", "begun_at", postgresql_where=sa.text("state = 'uploading'")),
)
