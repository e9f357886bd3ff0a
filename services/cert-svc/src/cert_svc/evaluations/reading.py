"""Who reads evaluations over HTTP, and how one is found."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from fastapi import Request

from cert_svc.evaluations import repository
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.schemas import EvaluationView
from cert_svc.service import of

_OFFICES = (Role.EVALUATOR, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
Reader = Annotated[Principal, Allow(Role.CITIZEN, *_OFFICES)]
Official = Annotated[Principal, Allow(*_OFFICES)]


async def found(request: Request, evaluation_id: UUID, principal: Principal) -> tuple[Evaluation, str | None]:
    """The evaluation and the number of its certificate, where the principal sees it; else 404."""
    service = of(request)
    seen = await repository.one(service.database, evaluation_id, principal, service.clock.today())
    if seen is None:
        raise Refused(Refusal(NOT_FOUND))
    return seen


def view_for(principal: Principal, evaluation: Evaluation, number: str | None) -> EvaluationView:
    """The evaluation as the principal may see it."""
    return EvaluationView.of(evaluation, number, for_trainee=principal.role is Role.CITIZEN)
