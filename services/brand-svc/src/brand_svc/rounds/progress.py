"""How far each district is with a round: what it has assessed and reviewed, and what waits (B06, B07)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement
from sqlalchemy import bindparam, func, literal, select

from brand_svc.applications.lifecycle import State as ApplicationState
from brand_svc.applications.tables import applications
from brand_svc.assessments.lifecycle import State as AssessmentState
from brand_svc.assessments.tables import assessments
from brand_svc.brands.lifecycle import State as BrandState
from brand_svc.brands.tables import brands
from brand_svc.reader import Reader
from brand_svc.schema import written

_ROUND = bindparam("round_id", type_=sa.Uuid)
_assessed = (
    select(
        assessments.c.district,
        assessments.c.state,
        literal(True).label("existing"),
    )
    .join_from(assessments, brands, brands.c.id == assessments.c.brand_id)
    .where(assessments.c.round_id == _ROUND, brands.c.state != written(BrandState.REVOKED))
)
_applied = select(applications.c.district, applications.c.state, literal(False).label("existing")).where(
    applications.c.round_id == _ROUND
)
_matters = sa.union_all(_assessed, _applied).subquery()


_existing = _matters.c.existing


def _count(kind: sa.ColumnElement[bool], state: StrEnum) -> sa.ColumnElement[int]:
    return func.count().filter(kind, _matters.c.state == written(state))


_BY_DISTRICT = Statement(
    select(
        _matters.c.district,
        func.count().filter(_existing).label("assessments"),
        _count(_existing, AssessmentState.DUE).label("not_entered"),
        _count(_existing, AssessmentState.ENTERED).label("not_assessed"),
        func.count().filter(~_existing).label("applications"),
        _count(~_existing, ApplicationState.SUBMITTED).label("not_reviewed"),
    )
    .group_by(_matters.c.district)
    .order_by(_matters.c.district)
)


@dataclass(frozen=True, slots=True)
class Progress:
    """One district: how many brands come up and applications came, and how many wait, for whom."""

    district: str
    assessments: int
    not_entered: int
    not_assessed: int
    applications: int
    not_reviewed: int

    @property
    def waiting(self) -> int:
        """How many matters wait for the district."""
        return self.not_assessed + self.not_reviewed


async def by_district(reader: Reader, round_id: UUID) -> list[Progress]:
    """The districts that have something in the round, in the order of their codes."""
    return [Progress(**row) for row in await reader.rows(_BY_DISTRICT, {"round_id": round_id})]
