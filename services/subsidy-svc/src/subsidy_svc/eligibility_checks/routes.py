"""Routes of eligibility checks."""

from typing import Annotated

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import accepted
from fastapi import APIRouter, Request

from subsidy_svc.eligibility_checks import use_cases
from subsidy_svc.eligibility_checks.schemas import EligibilityCheckBody, EligibilityCheckView
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/eligibility-checks", tags=["资格预审 · eligibility checks"])
Holder = Annotated[Principal, Allow(Role.CITIZEN)]


@router.post("", summary="申请前预审 · Check before applying", max_body_size=JSON_BODY_BYTES)
async def check_eligibility(
    request: Request, principal: Holder, body: EligibilityCheckBody
) -> EligibilityCheckView:
    """Every finding, what is missing, the days left and the amount, as for an application (S01–S05, S11).

    Nothing is written. Another person's certificate is not found; 503 while a registry is away.
    """
    return accepted(await use_cases.check(of(request), principal, body))
