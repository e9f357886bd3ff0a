"""The day on which the holder of an open window is reminded next (S05)."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The first of the days in force when this was written; later ones follow from the law.
_FIRST_REMINDER = "UPDATE windows SET remind_on = last_day - 90 WHERE closed_cause IS NULL"


def upgrade() -> None:
    op.add_column("windows", sa.Column("remind_on", sa.Date(), nullable=True))
    op.execute(_FIRST_REMINDER)
    op.create_index(
        "ix_windows_remind",
        "windows",
        ["remind_on"],
        unique=False,
        postgresql_where=sa.text("closed_cause IS NULL"),
    )
