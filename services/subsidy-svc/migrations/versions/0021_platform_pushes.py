"""The queue of what the city's platform is told (S06)."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_AS_TOLD = """
CREATE TRIGGER platform_pushes_as_told BEFORE UPDATE OF
    id, claim_id, number, claim_state, changed_at, reason, article, due_on, notice_last_day
ON platform_pushes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_ENDED = """
CREATE TRIGGER platform_pushes_ended BEFORE UPDATE ON platform_pushes
FOR EACH ROW WHEN (OLD.state IN ('delivered', 'skipped')) EXECUTE FUNCTION refuse_change()
"""
_NEVER_DELETED = """
CREATE TRIGGER platform_pushes_never_deleted BEFORE DELETE OR TRUNCATE ON platform_pushes
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""

# A step that forgot to tell the platform cannot be committed.
_IS_TOLD = """
CREATE FUNCTION platform_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM platform_pushes WHERE claim_id = NEW.id AND number = NEW.version) THEN
        RAISE EXCEPTION 'claim % came through the platform, which is not told of this change', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$
"""
_TOLD_OF_NEW = """
CREATE CONSTRAINT TRIGGER claims_told_of_new AFTER INSERT ON claims DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.case_number IS NOT NULL) EXECUTE FUNCTION platform_is_told()
"""
_TOLD_OF_CHANGE = """
CREATE CONSTRAINT TRIGGER claims_told_of_change AFTER UPDATE OF state ON claims DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.case_number IS NOT NULL AND NEW.state <> OLD.state) EXECUTE FUNCTION platform_is_told()
"""


def upgrade() -> None:
    op.create_table(
        "platform_pushes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("claim_state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("notice_last_day", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "claim_state IN ('submitted', 'supplement_asked', 'accepted', 'noticed', 'held', 'cleared',"
            " 'paid', 'payment_failed', 'account_changed', 'not_accepted', 'rejected', 'withdrawn',"
            " 'stopped')",
            name=op.f("ck_platform_pushes_claim_state"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'given_up', 'skipped')", name=op.f("ck_platform_pushes_state")
        ),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at IS NOT NULL)", name=op.f("ck_platform_pushes_delivered")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_platform_pushes_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_pushes")),
        sa.UniqueConstraint("claim_id", "number", name=op.f("uq_platform_pushes_claim_id_number")),
    )
    for name, columns, where in (
        ("due", ["next_try_at"], "state = 'waiting'"),
        ("holding_back", ["claim_id", "number"], "state IN ('waiting', 'given_up')"),
        ("state", ["state", "changed_at", "id"], None),
        ("changed", ["changed_at", "id"], None),
    ):
        op.create_index(
            f"ix_platform_pushes_{name}",
            "platform_pushes",
            columns,
            unique=False,
            postgresql_where=sa.text(where) if where else None,
        )
    for trigger in (_AS_TOLD, _ENDED, _NEVER_DELETED, _IS_TOLD, _TOLD_OF_NEW, _TOLD_OF_CHANGE):
        op.execute(trigger)
