"""Routes of decisions run again."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import accepted
from fastapi import APIRouter, Query, Request

from subsidy_svc.decisions import use_cases
from subsidy_svc.decisions.schemas import DecisionQuery, DecisionView
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1/claims", tags=["审核结论 · decisions"])
Reader = Annotated[
    Principal,
    Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR),
]


@router.get("/{claim_id}/decision", summary="按某日规定重新审核 · Run a decision again")
async def run_decision_again(
    request: Request, principal: Reader, claim_id: UUID, query: Annotated[DecisionQuery, Query()]
) -> DecisionView:
    """The rules on the claim's frozen facts under the law of a day, beside what was recorded (S01–S05, D10).

    Nothing is written and no registry is asked: the same day gives the same answer always.
    """
    return accepted(await use_cases.run_again(of(request), principal, claim_id, query.as_of))
