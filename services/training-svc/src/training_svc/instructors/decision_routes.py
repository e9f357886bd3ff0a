"""What is decided on instructors, over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import accepted
from chuangpei.kernel.refusals import Refusal
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from training_svc.instructors import repository, upkeep, use_cases
from training_svc.instructors.instructor import Instructor
from training_svc.instructors.schemas import (
    Because,
    CertificateAmendment,
    Comment,
    InstructorAmendment,
    InstructorView,
)
from training_svc.instructors.views import view
from training_svc.service import Service, of

Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Keeper = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
B = TypeVar("B")
Decision = Callable[[Transaction, Service, Principal, UUID, int, B], Awaitable[Instructor | Refusal]]

router = APIRouter(prefix="/training/v1", tags=["师资库 · instructors"])


@router.post(
    "/instructors/{instructor_id}/vet",
    response_model=InstructorView,
    summary="资格审核通过 · Vet an instructor",
)
async def vet_instructor(
    request: Request,
    instructor_id: UUID,
    principal: Officer,
    if_match: IfMatch = None,
    body: Comment | None = None,
) -> Response:
    """The district vets who holds a valid certificate (T10)."""
    return await _decided(request, use_cases.vet, principal, instructor_id, if_match, body or Comment())


@router.post(
    "/instructors/{instructor_id}/refuse",
    response_model=InstructorView,
    summary="不予入库 · Refuse an instructor",
)
async def refuse_instructor(
    request: Request, instructor_id: UUID, body: Because, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """The district refuses an application, or the city centre one that is vetted, saying why (T10)."""
    return await _decided(request, use_cases.refuse, principal, instructor_id, if_match, body)


@router.post(
    "/instructors/{instructor_id}/admit", response_model=InstructorView, summary="入库 · Admit to the pool"
)
async def admit_instructor(
    request: Request,
    instructor_id: UUID,
    principal: Centre,
    if_match: IfMatch = None,
    body: Comment | None = None,
) -> Response:
    """The city centre admits who is vetted; the first appraisal is due an interval later (T10)."""
    return await _decided(request, use_cases.admit, principal, instructor_id, if_match, body or Comment())


@router.post(
    "/instructors/{instructor_id}/suspend",
    response_model=InstructorView,
    summary="暂停授课 · Suspend an instructor",
)
async def suspend_instructor(
    request: Request, instructor_id: UUID, body: Because, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre suspends: no new class, and open ones show a flag (T10)."""
    return await _decided(request, use_cases.suspend, principal, instructor_id, if_match, body)


@router.post(
    "/instructors/{instructor_id}/resume",
    response_model=InstructorView,
    summary="恢复授课 · End a suspension",
)
async def resume_instructor(
    request: Request, instructor_id: UUID, body: Because, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre ends a suspension (T10)."""
    return await _decided(request, use_cases.resume, principal, instructor_id, if_match, body)


@router.post(
    "/instructors/{instructor_id}/amend",
    response_model=InstructorView,
    summary="更正师资信息 · Amend an instructor's entry",
)
async def amend_instructor(
    request: Request,
    instructor_id: UUID,
    body: InstructorAmendment,
    principal: Keeper,
    if_match: IfMatch = None,
) -> Response:
    """Amends name, phone, employment, fields or projects, with a reason and its history (T10)."""
    return await _decided(request, upkeep.amend, principal, instructor_id, if_match, body)


@router.post(
    "/instructors/{instructor_id}/certificates/{certificate_id}/amend",
    response_model=InstructorView,
    summary="更正师资证书 · Amend a certificate",
)
async def amend_certificate(
    request: Request,
    instructor_id: UUID,
    certificate_id: UUID,
    body: CertificateAmendment,
    principal: Keeper,
    if_match: IfMatch = None,
) -> Response:
    """Amends a certificate on record, with a reason; If-Match is the instructor's version (T10)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        amended = accepted(
            await upkeep.amend_certificate(
                tx, service, principal, instructor_id, certificate_id, version, body
            )
        )
        held = await repository.certificates(tx, instructor_id)
    return reply(view(amended, held, service.clock.today()))


async def _decided(
    request: Request,
    decide: Decision[B],
    principal: Principal,
    instructor_id: UUID,
    if_match: str | None,
    body: B,
) -> Response:
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        decided = accepted(await decide(tx, service, principal, instructor_id, version, body))
        held = await repository.certificates(tx, instructor_id)
    shown = view(decided, held, service.clock.today())
    return reply(shown)
