"""Routes of registry checks."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused, accepted
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from subsidy_svc.access import may_see_claim
from subsidy_svc.claims.schemas import ClaimView
from subsidy_svc.registry_checks import repository, use_cases
from subsidy_svc.registry_checks.schemas import RegistryChecksView, checks_view
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1/claims", tags=["登记核查 · registry checks"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Reader = Annotated[
    Principal,
    Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR),
]


@router.get("/{claim_id}/registry-checks", summary="登记核查记录 · A claim's registry checks")
async def list_registry_checks(request: Request, principal: Reader, claim_id: UUID) -> RegistryChecksView:
    """What the registries answered about the claim: as the person applied, and each time since (S01, S11)."""
    database = of(request).database
    case = await repository.case(database, claim_id)
    if case is None or not may_see_claim(principal, case["person_key"], case["district"]):
        raise Refused(Refusal(NOT_FOUND))
    rows = await repository.of_claim(database, claim_id)
    return checks_view(case, rows, with_actors=principal.role is not Role.CITIZEN)


@router.post(
    "/{claim_id}/check-registries",
    summary="重新核查登记信息 · Ask the registries again",
    response_model=ClaimView,
)
async def check_registries(
    request: Request, officer: Officer, claim_id: UUID, if_match: IfMatch = None
) -> Response:
    """Asks the registries about a claim in review, and keeps what they answer (S01, S11, D02).

    Where one is away the claim waits for it; where all answer it goes on.
    """
    service, version = of(request), expected_version(if_match)
    return reply(accepted(await use_cases.check_now(service, officer, claim_id, version)))
