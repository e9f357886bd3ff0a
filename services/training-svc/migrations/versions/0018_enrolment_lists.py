"""Indexes for the lists of enrolments by state, by time and by priority group."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """A filter of a list is served by an index however rare what it asks for is."""
    for columns in (
        ("state", "id"),
        ("district", "state", "id"),
        ("enrolled_at", "id"),
        ("district", "enrolled_at", "id"),
    ):
        name = f"ix_enrolments_{'_'.join(columns)}"
        op.create_index(name, "enrolments", list(columns), unique=False)
    op.create_index(
        "ix_enrolments_priority_group_id",
        "enrolments",
        ["priority_group", "id"],
        unique=False,
        postgresql_where=sa.text("priority_group IS NOT NULL"),
    )
