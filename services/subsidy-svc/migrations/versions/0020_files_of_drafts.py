"""Files of drafts: the claim has them once the draft is submitted; a discarded one takes them along (S06)."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# A share lock: what was discarded while the draft was submitted waits for it, and is refused.
_MAY_BE_DISCARDED = """
CREATE FUNCTION attachments_go_with_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM claim_drafts WHERE id = NEW.draft_id AND state = 'discarded' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a row of attachments can no longer be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
_DISCARDED = """
CREATE TRIGGER attachments_discarded BEFORE UPDATE ON attachments
FOR EACH ROW WHEN (NEW.state = 'discarded') EXECUTE FUNCTION attachments_go_with_draft()
"""
_ENDED = """
CREATE TRIGGER attachments_ended BEFORE UPDATE ON attachments
FOR EACH ROW WHEN (
    OLD.state <> 'uploading'
    AND NOT (OLD.state = 'stored' AND NEW.state = 'discarded')
    AND NOT (OLD.state = 'discarded' AND NEW.state = 'erased')
) EXECUTE FUNCTION refuse_change()
"""
_FROZEN = """
CREATE TRIGGER attachments_frozen BEFORE UPDATE OF
    id, claim_id, draft_id, subject, name_encrypted, media_type, bytes, sha256, begun_at, uploaded_by
ON attachments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.alter_column("attachments", "claim_id", existing_type=sa.Uuid(), nullable=True)
    op.add_column("attachments", sa.Column("draft_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_attachments_draft_id"), "attachments", "claim_drafts", ["draft_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_attachments_of_one"), "attachments", "num_nonnulls(claim_id, draft_id) = 1"
    )
    op.drop_constraint(op.f("ck_attachments_state"), "attachments", type_="check")
    op.create_check_constraint(
        op.f("ck_attachments_state"),
        "attachments",
        "state IN ('uploading', 'stored', 'abandoned', 'discarded', 'erased')",
    )
    op.drop_index("ix_attachments_claim", table_name="attachments")
    for name, columns, condition in (
        ("ix_attachments_claim", ["claim_id", "id"], "state = 'stored' AND claim_id IS NOT NULL"),
        ("ix_attachments_draft", ["draft_id", "id"], "state = 'stored' AND draft_id IS NOT NULL"),
        ("ix_attachments_discarded", ["id"], "state = 'discarded'"),
    ):
        op.create_index(name, "attachments", columns, unique=False, postgresql_where=sa.text(condition))
    for trigger in ("attachments_ended", "attachments_frozen"):
        op.execute(f"DROP TRIGGER {trigger} ON attachments")
    for made in (_MAY_BE_DISCARDED, _DISCARDED, _ENDED, _FROZEN):
        op.execute(made)
