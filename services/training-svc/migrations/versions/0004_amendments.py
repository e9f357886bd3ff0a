"""The history of amendments."""

from chuangpei.mechanism_migrations import create_amendments

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Creates the table."""
    create_amendments()
