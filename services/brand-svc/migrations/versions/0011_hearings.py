"""Exit cases hear the institution, name who acted, and have a last day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TEXTS = ("notice", "answer", "verified_by", "verified_by_person", "returned_for", "decided_by")
_DAYS = ("noticed_on", "answer_by", "answered_on")
_UNDECIDED = "state IN ('opened', 'noticed', 'heard', 'reported')"
_ENDED = "state IN ('closed_unfounded', 'revoked', 'dismissed', 'superseded', 'lapsed')"
_INDEXES = (("district", "due_on", "id"), ("credit_code", "id"), ("opened_on", "id"), ("due_on", "id"))

# A case closed as unfounded, or dismissed, may be reopened; nothing else changes once it is decided.
_STAYS = (
    "DROP TRIGGER decided_cases_stay ON exit_cases",
    """
    CREATE TRIGGER decided_cases_stay BEFORE UPDATE ON exit_cases
    FOR EACH ROW WHEN (OLD.decided_on IS NOT NULL AND NOT (
        OLD.state = 'closed_unfounded' AND NEW.state = 'opened'
        OR OLD.state = 'dismissed' AND NEW.state = 'reported'
    )) EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER cases_are_kept BEFORE DELETE ON exit_cases
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER recusals_stay BEFORE UPDATE OR DELETE ON exit_case_recusals
    FOR EACH ROW EXECUTE FUNCTION refuse_change()
    """,
)
_STAYED = (
    "DROP TRIGGER cases_are_kept ON exit_cases",
    "DROP TRIGGER decided_cases_stay ON exit_cases",
    """
    CREATE TRIGGER decided_cases_stay BEFORE UPDATE OR DELETE ON exit_cases
    FOR EACH ROW WHEN (OLD.decided_on IS NOT NULL) EXECUTE FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    """Adds the hearing, the people and the last days (B11)."""
    op.execute("ALTER TABLE exit_cases DISABLE TRIGGER decided_cases_stay")
    for name in (*_TEXTS, "decided_by_person"):
        op.add_column("exit_cases", sa.Column(name, sa.Text()))
    for name in _DAYS:
        op.add_column("exit_cases", sa.Column(name, sa.Date()))
    for name in ("notice_evidence", "answer_evidence", "evidence"):
        op.add_column("exit_cases", sa.Column(name, JSONB(), nullable=False, server_default="[]"))
    for name in ("waived", "overdue_told"):
        op.add_column("exit_cases", sa.Column(name, sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("exit_cases", sa.Column("due_on", sa.Date()))
    # Thirty working days are six weeks: what is open is due in good time, whatever its holidays.
    op.execute("UPDATE exit_cases SET due_on = opened_on + 42")
    op.alter_column("exit_cases", "due_on", nullable=False)
    _replace_checks(_UNDECIDED)
    op.create_check_constraint(
        op.f("ck_exit_cases_noticed"),
        "exit_cases",
        "state NOT IN ('noticed', 'heard') OR num_nonnulls(notice, noticed_on, answer_by) = 3",
    )
    op.create_check_constraint(
        op.f("ck_exit_cases_answered_or_waived"), "exit_cases", "NOT waived OR answer IS NULL"
    )
    op.create_check_constraint(
        op.f("ck_exit_cases_heard_before_reported"),
        "exit_cases",
        "state NOT IN ('reported', 'revoked', 'dismissed') OR verified_by IS NULL OR noticed_on IS NOT NULL",
    )
    op.create_check_constraint(op.f("ck_exit_cases_two_people"), "exit_cases", "verified_by <> decided_by")
    op.create_check_constraint(
        op.f("ck_exit_cases_two_people_by_person"), "exit_cases", "verified_by_person <> decided_by_person"
    )
    for columns in _INDEXES:
        op.create_index(op.f(f"ix_exit_cases_{'_'.join(columns)}"), "exit_cases", list(columns))
    op.create_index(
        "ix_exit_cases_not_told_overdue",
        "exit_cases",
        ["due_on"],
        postgresql_where=sa.text(f"{_UNDECIDED} AND NOT overdue_told"),
    )
    op.create_table(
        "exit_case_recusals",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["exit_cases.id"], name=op.f("fk_exit_case_recusals_case_id")),
        sa.PrimaryKeyConstraint("case_id", "subject", name=op.f("pk_exit_case_recusals")),
    )
    for statement in _STAYS:
        op.execute(statement)


def _replace_checks(undecided: str) -> None:
    for name in ("state_known", "end_has_day"):
        op.drop_constraint(op.f(f"ck_exit_cases_{name}"), "exit_cases")
    op.create_check_constraint(op.f("ck_exit_cases_state_known"), "exit_cases", f"{undecided} OR {_ENDED}")
    op.create_check_constraint(
        op.f("ck_exit_cases_end_has_day"), "exit_cases", f"({undecided}) = (decided_on IS NULL)"
    )
    op.drop_index("uq_exit_cases_one_open_a_ground", "exit_cases")
    op.create_index(
        "uq_exit_cases_one_open_a_ground",
        "exit_cases",
        ["credit_code", "ground"],
        unique=True,
        postgresql_where=sa.text(undecided),
    )


def downgrade() -> None:
    """Takes them away again: what waits for the institution waits for the district."""
    op.drop_table("exit_case_recusals")
    for statement in _STAYED:
        op.execute(statement)
    op.drop_index("ix_exit_cases_not_told_overdue", "exit_cases")
    for columns in _INDEXES:
        op.drop_index(op.f(f"ix_exit_cases_{'_'.join(columns)}"), "exit_cases")
    for name in (
        "two_people_by_person",
        "two_people",
        "heard_before_reported",
        "answered_or_waived",
        "noticed",
    ):
        op.drop_constraint(op.f(f"ck_exit_cases_{name}"), "exit_cases")
    op.execute("UPDATE exit_cases SET state = 'opened' WHERE state IN ('noticed', 'heard')")
    _replace_checks("state IN ('opened', 'reported')")
    for name in (
        *("due_on", "overdue_told", "waived", "evidence", "answer_evidence", "notice_evidence"),
        *_DAYS,
        "decided_by_person",
        *_TEXTS,
    ):
        op.drop_column("exit_cases", name)
