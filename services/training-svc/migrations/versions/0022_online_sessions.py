"""Sessions held online (线上课): they take no room, and their share is limited by the standard."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """What is filed already is held in rooms."""
    op.add_column(
        "sessions", sa.Column("online", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.execute("ALTER TABLE sessions DROP CONSTRAINT ex_sessions_room")
    op.execute(
        "ALTER TABLE sessions ADD CONSTRAINT ex_sessions_room EXCLUDE USING gist"
        " (institution_id WITH =, room WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        " WHERE (cancelled_at IS NULL AND NOT online)"
    )
