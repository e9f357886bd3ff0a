"""A window knows which edition of its certificate it shows (换发; D01)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every window so far shows the first."""
    op.add_column(
        "windows", sa.Column("certificate_edition", sa.SmallInteger(), server_default="1", nullable=False)
    )
