"""Completions over HTTP: a whole class, and amending one."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Request, Response

from training_svc.completions import use_cases
from training_svc.completions.schemas import AmendedCompletion, ClassCompletionView
from training_svc.enrolments import repository
from training_svc.enrolments.schemas import JudgedEnrolmentView
from training_svc.enrolments.views import judged_view
from training_svc.service import of
from training_svc.visibility import READERS, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1", tags=["结业 · completions"])


@router.post(
    "/classes/{class_id}/complete", response_model=ClassCompletionView, summary="全班结业 · Complete a class"
)
async def complete_class(
    request: Request, class_id: UUID, key: IdempotencyKey, principal: Organiser
) -> Response:
    """Completes all who reach the standard after the last session; tells of each other why not (C01–C03)."""
    service = of(request)

    async def act(tx: Transaction) -> ClassCompletionView | Refusal:
        judged = await use_cases.complete_class(tx, service, principal, class_id)
        if isinstance(judged, Refusal):
            return judged
        return ClassCompletionView(
            completed=[judged_view(one) for one in judged.completed],
            not_completed=[judged_view(one) for one in judged.not_completed],
        )

    return await once(service.database, request, principal, key, None, act, status=200)


@router.post(
    "/enrolments/{enrolment_id}/amend-completion",
    response_model=JudgedEnrolmentView,
    summary="更正结业 · Amend a completion",
)
async def amend_completion(
    request: Request,
    enrolment_id: UUID,
    body: AmendedCompletion,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """The district revokes a wrong completion, or completes by a corrected record, saying why (C01–C03)."""
    judged = await done(request, if_match, principal, use_cases.amend, enrolment_id, body)
    return reply(judged_view(judged))


@router.get("/enrolments/{enrolment_id}/amendments", summary="报名更正记录 · The amendments of an enrolment")
async def list_enrolment_amendments(
    request: Request, enrolment_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Every amendment of an enrolment and its completion, the first one first (T06, C01–C03)."""
    async with of(request).database.transaction() as tx:
        if await repository.one(tx, enrolment_id, scope_of(principal)) is None:
            raise Refused(Refusal(NOT_FOUND))
        return await history(tx, "enrolment", enrolment_id, query)
