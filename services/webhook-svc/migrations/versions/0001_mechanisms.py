"""The tables of the shared mechanisms."""

from chuangpei.mechanism_migrations import create_mechanisms

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes outbox, inbox, parked messages, idempotency keys and the audit log."""
    create_mechanisms()
