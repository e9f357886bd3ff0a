"""The queries on evaluation norms."""

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from chuangpei.events.training import EvaluationNormPublished
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from cert_svc.norms.tables import evaluation_norms as norms
from cert_svc.policy.parameters import Parameters
from cert_svc.policy.rubric import Part, Rubric

_told = insert(norms).values({one.name: bindparam(one.name, type_=one.type) for one in norms.columns})
_KEEP = Statement(
    _told.on_conflict_do_update(
        index_elements=["norm_id"],
        set_={one.name: _told.excluded[one.name] for one in norms.columns if one.name != "norm_id"},
        where=norms.c.revision < _told.excluded.revision,
    )
)
_CITED = Statement(
    sa.select(norms).where(
        norms.c.project_code == bindparam("project_code"), norms.c.version == bindparam("version")
    )
)


async def keep(tx: Transaction, told: EvaluationNormPublished) -> None:
    """Keeps what was told, unless a higher revision is known."""
    parts = [one.model_dump() for one in told.parts]
    values = {one.name: getattr(told, one.name) for one in norms.columns} | {"parts": parts}
    await tx.execute(_KEEP, values)


async def cited(tx: Transaction, project_code: str, version: str, parameters: Parameters) -> Rubric | None:
    """What a version of a project's norm says, with the dated number where it is silent; None if not told."""
    row = await tx.row(_CITED, {"project_code": project_code, "version": version})
    if row is None:
        return None
    return Rubric(
        pass_mark=row["pass_mark"],
        most_retakes=row["most_retakes"],
        retake_months=row["retake_months"],
        dispute_days=row["dispute_days"] or parameters.dispute_days,
        norm_version=version,
        parts=tuple(Part(**one) for one in row["parts"]),
        most_difference=row["most_difference"],
    )
