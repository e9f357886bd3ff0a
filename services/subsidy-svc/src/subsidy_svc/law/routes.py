"""The law over HTTP. It is public: it takes no principal."""

from typing import Annotated

from chuangpei.errors import accepted
from fastapi import APIRouter, Query, Request

from subsidy_svc.law.in_force import law_on
from subsidy_svc.law.schemas import PolicyQuery, PolicyView, policy_view
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1", tags=["现行规定 · the law in force"])


@router.get("/policy", summary="某日的现行规定 · The law in force on a day")
async def read_policy(request: Request, query: Annotated[PolicyQuery, Query()]) -> PolicyView:
    """Every number and choice with rule and article (S01–S05, D01–D06, D10); 422 outside its time (O06)."""
    service = of(request)
    day = query.on or service.clock.today()
    law = accepted(await law_on(service, day))
    return policy_view(law, service.law.parameters, day)
