"""What training-svc tells of institutions, and signals of more sources than events on an exit ground."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TOLD = ("told_at", "registered_at", "closed_at")


def upgrade() -> None:
    """Adds the facts of institutions (X4, B02, B13) and widens the signals (B10, D09)."""
    _widen_institutions()
    _add_facts()
    _widen_signals()


def _widen_institutions() -> None:
    op.alter_column("institutions", "registered_on", nullable=True)
    op.add_column("institutions", sa.Column("closed_on", sa.Date()))
    for name in _TOLD:
        op.add_column("institutions", sa.Column(name, sa.DateTime(timezone=True)))
    op.create_index(op.f("ix_institutions_district_credit_code"), "institutions", ["district", "credit_code"])


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _add_facts() -> None:
    op.create_table(
        "institution_sanctions",
        sa.Column("sanction_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("exit_ground", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        _instant("told_at"),
        _instant("lifted_at"),
        sa.PrimaryKeyConstraint("sanction_id", name=op.f("pk_institution_sanctions")),
    )
    op.create_index(op.f("ix_institution_sanctions_credit_code"), "institution_sanctions", ["credit_code"])
    op.create_table(
        "institution_qualifications",
        sa.Column("qualification_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("project_code", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        _instant("state_at"),
        _instant("valid_at"),
        sa.PrimaryKeyConstraint("qualification_id", name=op.f("pk_institution_qualifications")),
    )
    op.create_index(
        op.f("ix_institution_qualifications_credit_code"), "institution_qualifications", ["credit_code"]
    )
    op.create_table(
        "institution_classes",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=True),
        _instant("dates_at"),
        _instant("cancelled_at"),
        sa.PrimaryKeyConstraint("class_id", name=op.f("pk_institution_classes")),
    )
    op.create_index(
        op.f("ix_institution_classes_credit_code_ends_on"), "institution_classes", ["credit_code", "ends_on"]
    )
    op.create_table(
        "institution_inactivities",
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("last_class_ended_on", sa.Date(), nullable=True),
        sa.Column("inactive_since", sa.Date(), nullable=False),
        sa.Column("has_site", sa.Boolean(), nullable=False),
        sa.Column("full_time_instructors", sa.Integer(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=False),
        _instant("told_at"),
        sa.PrimaryKeyConstraint("credit_code", name=op.f("pk_institution_inactivities")),
    )


def _widen_signals() -> None:
    op.alter_column("signals", "event_id", new_column_name="id")
    op.execute("ALTER INDEX ix_signals_credit_code_event_id RENAME TO ix_signals_credit_code_id")
    op.execute("ALTER INDEX ix_signals_district_event_id RENAME TO ix_signals_district_id")
    op.alter_column("signals", "ground", nullable=True)
    op.add_column("signals", sa.Column("recorded_by", sa.Text()))
    op.add_column("signals", sa.Column("statement", sa.Text()))
    op.add_column("signals", sa.Column("evidence", JSONB(), nullable=False, server_default="[]"))
    op.create_check_constraint(
        op.f("ck_signals_case_has_ground"), "signals", "case_id IS NULL OR ground IS NOT NULL"
    )
    op.create_check_constraint(
        op.f("ck_signals_recorded"),
        "signals",
        "(source IN ('inspection', 'report')) = (recorded_by IS NOT NULL)",
    )
    for columns in (
        ("credit_code", "occurred_on", "id"),
        ("district", "occurred_on", "id"),
        ("occurred_on", "id"),
    ):
        op.create_index(op.f(f"ix_signals_{'_'.join(columns)}"), "signals", list(columns))


def downgrade() -> None:
    """Takes them away again; signals that only this version knows go with it."""
    op.execute("ALTER TABLE signals DISABLE TRIGGER signals_stay")
    op.execute("DELETE FROM signals WHERE ground IS NULL OR recorded_by IS NOT NULL")
    op.execute("ALTER TABLE signals ENABLE TRIGGER signals_stay")
    for name in ("credit_code_occurred_on_id", "district_occurred_on_id", "occurred_on_id"):
        op.drop_index(op.f(f"ix_signals_{name}"), "signals")
    for name in ("recorded", "case_has_ground"):
        op.drop_constraint(op.f(f"ck_signals_{name}"), "signals")
    for name in ("evidence", "statement", "recorded_by"):
        op.drop_column("signals", name)
    op.alter_column("signals", "ground", nullable=False)
    op.execute("ALTER INDEX ix_signals_district_id RENAME TO ix_signals_district_event_id")
    op.execute("ALTER INDEX ix_signals_credit_code_id RENAME TO ix_signals_credit_code_event_id")
    op.alter_column("signals", "id", new_column_name="event_id")
    for table in ("inactivities", "classes", "qualifications", "sanctions"):
        op.drop_table(f"institution_{table}")
    op.drop_index(op.f("ix_institutions_district_credit_code"), "institutions")
    for name in (*_TOLD, "closed_on"):
        op.drop_column("institutions", name)
    op.execute("UPDATE institutions SET registered_on = '2026-06-29' WHERE registered_on IS NULL")
    op.alter_column("institutions", "registered_on", nullable=False)
