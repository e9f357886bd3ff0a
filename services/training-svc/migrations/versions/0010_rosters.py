"""Roster imports, their sealed rows and errors."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Creates the tables (T06)."""
    _imports()
    op.create_table(
        "roster_rows",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "NOT good OR (checked AND person_key IS NOT NULL)", name=op.f("ck_roster_rows_good")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["roster_imports.id"], name="fk_roster_rows_import_id"),
        sa.PrimaryKeyConstraint("import_id", "line", name="pk_roster_rows"),
    )
    op.create_index("ix_roster_rows_import_id_person_key", "roster_rows", ["import_id", "person_key"])
    op.create_index(
        "uq_roster_rows_good",
        "roster_rows",
        ["import_id", "person_key"],
        unique=True,
        postgresql_where=sa.text("good"),
    )
    op.create_table(
        "roster_errors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["roster_imports.id"], name="fk_roster_errors_import_id"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_errors"),
    )
    op.create_index("ix_roster_errors_import_id_line_id", "roster_errors", ["import_id", "line", "id"])


def _imports() -> None:
    op.create_table(
        "roster_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('all_or_nothing', 'good_rows')", name=op.f("ck_roster_imports_mode")),
        sa.CheckConstraint(
            "state IN ('received', 'checking', 'importing', 'done', 'refused', 'failed')",
            name=op.f("ck_roster_imports_state"),
        ),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (state IN ('done', 'refused', 'failed'))",
            name=op.f("ck_roster_imports_ended"),
        ),
        sa.CheckConstraint(
            "checked = good + bad AND checked BETWEEN 0 AND rows", name=op.f("ck_roster_imports_checked")
        ),
        sa.CheckConstraint(
            "least(good, bad, enrolled, waiting) >= 0 AND enrolled + waiting <= good",
            name=op.f("ck_roster_imports_counts"),
        ),
        sa.CheckConstraint(
            "mode = 'good_rows' OR enrolled + waiting = 0 OR (state = 'done' AND enrolled + waiting = rows)",
            name=op.f("ck_roster_imports_all_or_nothing"),
        ),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_roster_imports_class_id"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_imports"),
    )
    op.create_index("ix_roster_imports_class_id_id", "roster_imports", ["class_id", "id"])
    op.create_index(
        "ix_roster_imports_due",
        "roster_imports",
        ["due_at"],
        postgresql_where=sa.text("state IN ('received', 'checking', 'importing')"),
    )
