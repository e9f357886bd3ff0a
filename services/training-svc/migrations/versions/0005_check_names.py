"""The CHECKs get the names that the models give them.

They were created with their whole names, to which Alembic put ``ck_<table>_`` once more by the naming
convention. A migration gives a whole name as ``op.f("ck_projects_stage")``, which is taken as it is.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

_CHECKS = {
    "attendance": ("method", "reason"),
    "classes": ("dates", "places"),
    "enrolments": ("completed", "sessions", "state"),
    "projects": ("stage",),
    "qualifications": ("decided", "reason", "state"),
    "sessions": ("times",),
    "standards": ("attendance_percent", "max_class_size", "min_hours"),
}


def upgrade() -> None:
    """Renames them; nothing is checked anew."""
    for table, checks in _CHECKS.items():
        for check in checks:
            name = f"ck_{table}_{check}"
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT ck_{table}_{name} TO {name}")
