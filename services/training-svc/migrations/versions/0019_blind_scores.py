"""What an evaluation norm says of blind scores and of disputes."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_CHECKS = {"most_difference": "most_difference BETWEEN 0 AND 100", "dispute_days": "dispute_days > 0"}


def upgrade() -> None:
    """A norm may want two scores, and may say how long a result can be disputed (T05, C04)."""
    for name, condition in _CHECKS.items():
        op.add_column("evaluation_norms", sa.Column(name, sa.SmallInteger(), nullable=True))
        op.create_check_constraint(op.f(f"ck_evaluation_norms_{name}"), "evaluation_norms", condition)
