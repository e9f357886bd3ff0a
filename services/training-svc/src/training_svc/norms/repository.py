"""The queries on published evaluation norms."""

from datetime import date

import sqlalchemy as sa
from chuangpei.database import Transaction

from training_svc.classes.tables import classes
from training_svc.norms.tables import evaluation_norms
from training_svc.published.repository import Documents

NORMS = Documents(
    evaluation_norms,
    cited=sa.exists().where(
        classes.c.project_code == evaluation_norms.c.project_code,
        classes.c.norm_version == evaluation_norms.c.version,
    ),
)


async def version_in_force(tx: Transaction, project_code: str, day: date) -> str | None:
    """The version of the project's norm in force on ``day``, held against change; None without one (T05)."""
    row = await NORMS.in_force(tx, project_code, day)
    return row["version"] if row else None
