"""The table of attachments: written before the file is, so that no file is without its row.

A file belongs to a claim, a draft or an objection for good: the claim that a draft becomes has its files, and
none moves.
"""

import sqlalchemy as sa

from subsidy_svc.attachments.content import MEDIA_TYPES
from subsidy_svc.attachments.lifecycle import State
from subsidy_svc.schema import metadata, one_of
from subsidy_svc.supplements.schemas import Subject

_STORED_OF = "state = 'stored' AND {} IS NOT NULL"

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("claim_id", sa.Uuid, sa.ForeignKey("claims.id")),
    sa.Column("draft_id", sa.Uuid, sa.ForeignKey("claim_drafts.id")),
    sa.Column("objection_id", sa.Uuid, sa.ForeignKey("objections.id")),
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
    sa.CheckConstraint("num_nonnulls(claim_id, draft_id, objection_id) = 1", name="of_one"),
    sa.Index(
        "ix_attachments_claim", "claim_id", "id", postgresql_where=sa.text(_STORED_OF.format("claim_id"))
    ),
    sa.Index(
        "ix_attachments_draft", "draft_id", "id", postgresql_where=sa.text(_STORED_OF.format("draft_id"))
    ),
    sa.Index(
        "ix_attachments_objection",
        "objection_id",
        "id",
        postgresql_where=sa.text(_STORED_OF.format("objection_id")),
    ),
    sa.Index("ix_attachments_discarded", "id", postgresql_where=sa.text("state = 'discarded'")),
    sa.Index("ix_attachments_begun", "begun_at", postgresql_where=sa.text("state = 'uploading'")),
)
