"""The history of amendments."""

from chuangpei.mechanism_migrations import create_amendments

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Creates the table."""
    create_amendments()
