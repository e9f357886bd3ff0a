"""The facts of a decision are kept with its claim, so that it can be run again (D02, D10)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AS_DECIDED = """
CREATE TRIGGER claims_as_decided BEFORE UPDATE OF facts
ON claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.add_column("claims", sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute(_AS_DECIDED)
