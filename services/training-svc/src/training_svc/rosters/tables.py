"""Roster imports (名册导入), the sealed rows they work on, and what is wrong with a row."""

import sqlalchemy as sa

from training_svc.schema import metadata

roster_imports = sa.Table(
    "roster_imports",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("class_id", sa.Uuid, sa.ForeignKey("classes.id"), nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_by", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("checked", sa.Integer, nullable=False),
    sa.Column("good", sa.Integer, nullable=False),
    sa.Column("bad", sa.Integer, nullable=False),
    sa.Column("enrolled", sa.Integer, nullable=False),
    sa.Column("waiting", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("mode IN ('all_or_nothing', 'good_rows')", name="mode"),
    sa.CheckConstraint(
        "state IN ('received', 'checking', 'importing', 'done', 'refused', 'failed')", name="state"
    ),
    sa.CheckConstraint("(finished_at IS NOT NULL) = (state IN ('done', 'refused', 'failed'))", name="ended"),
    sa.CheckConstraint("checked = good + bad AND checked BETWEEN 0 AND rows", name="checked"),
    sa.CheckConstraint(
        "least(good, bad, enrolled, waiting) >= 0 AND enrolled + waiting <= good", name="counts"
    ),
    sa.CheckConstraint(
        "mode = 'good_rows' OR enrolled + waiting = 0 OR (state = 'done' AND enrolled + waiting = rows)",
        name="all_or_nothing",
    ),
    sa.Index("ix_roster_imports_class_id_id", "class_id", "id"),
    sa.Index(
        "ix_roster_imports_due",
        "due_at",
        postgresql_where=sa.text("state IN ('received', 'checking', 'importing')"),
    ),
)

roster_rows = sa.Table(
    "roster_rows",
    metadata,
    sa.Column("import_id", sa.Uuid, sa.ForeignKey("roster_imports.id"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    # The cells and their faults, encrypted; a row is deleted once it had its turn.
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("checked", sa.Boolean, nullable=False),
    sa.Column("good", sa.Boolean, nullable=False),
    sa.Column("person_key", sa.Text),
    sa.CheckConstraint("NOT good OR (checked AND person_key IS NOT NULL)", name="good"),
    sa.Index("ix_roster_rows_import_id_person_key", "import_id", "person_key"),
    # A person has one row that is enrolled.
    sa.Index("uq_roster_rows_good", "import_id", "person_key", unique=True, postgresql_where=sa.text("good")),
)

roster_errors = sa.Table(
    "roster_errors",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("import_id", sa.Uuid, sa.ForeignKey("roster_imports.id"), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("column_name", sa.Text),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("reason_zh", sa.Text, nullable=False),
    sa.Column("reason_en", sa.Text, nullable=False),
    sa.Index("ix_roster_errors_import_id_line_id", "import_id", "line", "id"),
)
