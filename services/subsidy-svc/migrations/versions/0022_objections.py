"""Objections are accepted and investigated; provisional last days become exact (S09, D04)."""

import sqlalchemy as sa
from alembic import op
from chuangpei.mechanism_migrations import only_grows

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NOTICES_PUBLISHED = """
CREATE TRIGGER notices_published BEFORE UPDATE OF
    id, claim_id, district, masked_name, institution_name, project_name, amount_fen, first_day
ON notices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_NOTICES_EXACT = """
CREATE TRIGGER notices_exact BEFORE UPDATE ON notices FOR EACH ROW
WHEN (NOT OLD.last_day_provisional OR NEW.last_day < OLD.last_day) EXECUTE FUNCTION refuse_change()
"""
_NOTICES_STAY = """
CREATE TRIGGER notices_stay BEFORE DELETE OR TRUNCATE ON notices
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_OBJECTIONS_FILED = """
CREATE TRIGGER objections_filed BEFORE UPDATE OF
    id, notice_id, claim_id, district, text, masked_name, name_encrypted, contact_encrypted, receipt_digest,
    received_at
ON objections FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_OBJECTIONS_ENDED = """
CREATE TRIGGER objections_ended BEFORE UPDATE ON objections FOR EACH ROW
WHEN (OLD.state IN ('not_accepted', 'upheld', 'dismissed', 'lapsed') AND (
    NEW.state, NEW.due_on, NEW.investigator, NEW.investigator_person, NEW.decided_by, NEW.decided_by_person,
    NEW.decided_at)
    IS DISTINCT FROM (
    OLD.state, OLD.due_on, OLD.investigator, OLD.investigator_person, OLD.decided_by, OLD.decided_by_person,
    OLD.decided_at))
EXECUTE FUNCTION refuse_change()
"""
_OBJECTIONS_STAY = """
CREATE TRIGGER objections_stay BEFORE DELETE OR TRUNCATE ON objections
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_FILES_FROZEN = """
CREATE TRIGGER attachments_frozen BEFORE UPDATE OF
    id, claim_id, draft_id, objection_id, subject, name_encrypted, media_type, bytes, sha256, begun_at,
    uploaded_by
ON attachments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    _notices()
    _objections()
    _notes()
    _evidence()


def _notices() -> None:
    op.create_index(
        "ix_claims_on_notice",
        "claims",
        ["district", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('noticed', 'held')"),
    )
    op.create_index(
        "ix_notices_provisional",
        "notices",
        ["first_day"],
        unique=False,
        postgresql_where=sa.text("last_day_provisional"),
    )
    op.execute("DROP TRIGGER notices_frozen ON notices")
    for trigger in (_NOTICES_PUBLISHED, _NOTICES_EXACT, _NOTICES_STAY):
        op.execute(trigger)


def _objections() -> None:
    for name, kind in (
        ("receipt_digest", sa.LargeBinary()),
        ("due_on", sa.Date()),
        ("investigator", sa.Text()),
        ("investigator_person", sa.Text()),
        ("decision_article", sa.Text()),
        ("decided_by_person", sa.Text()),
    ):
        op.add_column("objections", sa.Column(name, kind, nullable=True))
    op.drop_index("ix_objections_open", "objections")
    op.drop_constraint(op.f("ck_objections_state"), "objections")
    op.drop_constraint(op.f("ck_objections_decided"), "objections")
    op.execute("UPDATE objections SET state = 'received' WHERE state = 'open'")
    # As a rule five working days: objections of before had no day of their own.
    op.execute("UPDATE objections SET due_on = (received_at AT TIME ZONE 'Asia/Shanghai')::date + 7")
    op.alter_column("objections", "due_on", nullable=False)
    op.create_unique_constraint(op.f("uq_objections_receipt_digest"), "objections", ["receipt_digest"])
    states = "'received', 'accepted', 'investigating', 'not_accepted', 'upheld', 'dismissed', 'lapsed'"
    checks = {
        "state": f"state IN ({states})",
        "decided": "(state IN ('not_accepted', 'upheld', 'dismissed'))"
        " = (decided_by IS NOT NULL AND decided_at IS NOT NULL AND decision_reason IS NOT NULL)",
        "investigated": "state <> 'investigating' OR investigator IS NOT NULL",
        "two_people": "investigator <> decided_by",
        "two_people_by_person": "investigator_person <> decided_by_person",
    }
    for name, condition in checks.items():
        op.create_check_constraint(op.f(f"ck_objections_{name}"), "objections", condition)
    op.create_index("ix_objections_due", "objections", ["district", "due_on", "id"], unique=False)
    op.create_index("ix_objections_claim", "objections", ["claim_id", "id"], unique=False)
    for trigger in (_OBJECTIONS_FILED, _OBJECTIONS_ENDED, _OBJECTIONS_STAY):
        op.execute(trigger)


def _notes() -> None:
    op.create_table(
        "objection_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_by_person", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objections.id"], name=op.f("fk_objection_notes_objection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_notes")),
    )
    op.create_index("ix_objection_notes_objection", "objection_notes", ["objection_id", "id"], unique=False)
    only_grows("objection_notes")


def _evidence() -> None:
    op.add_column("attachments", sa.Column("objection_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_attachments_objection_id"), "attachments", "objections", ["objection_id"], ["id"]
    )
    op.drop_constraint(op.f("ck_attachments_of_one"), "attachments", type_="check")
    op.create_check_constraint(
        op.f("ck_attachments_of_one"), "attachments", "num_nonnulls(claim_id, draft_id, objection_id) = 1"
    )
    op.create_index(
        "ix_attachments_objection",
        "attachments",
        ["objection_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'stored' AND objection_id IS NOT NULL"),
    )
    op.execute("DROP TRIGGER attachments_frozen ON attachments")
    op.execute(_FILES_FROZEN)
