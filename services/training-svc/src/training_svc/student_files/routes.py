"""Student files over HTTP, as JSON and as PDF."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.documents import PDF_RESPONSES
from chuangpei.errors import accepted
from fastapi import APIRouter, Request, Response

from training_svc.papers import paper
from training_svc.service import Service, of
from training_svc.student_files import use_cases
from training_svc.student_files.schemas import StudentFile
from training_svc.visibility import READERS

Reader = Annotated[Principal, Allow(*READERS)]
Trainee = Annotated[Principal, Allow(Role.CITIZEN)]

router = APIRouter(prefix="/training/v1", tags=["学员档案 · student files"])


@router.get("/enrolments/{enrolment_id}/file", summary="学员档案 · Read a student file")
async def read_student_file(request: Request, enrolment_id: UUID, principal: Reader) -> StudentFile:
    """What is on record of an enrolment, masked: attendance, completion, follow-up (O32, T06, T11)."""
    return await _of_enrolment(of(request), principal, enrolment_id)


@router.get(
    "/enrolments/{enrolment_id}/file.pdf",
    summary="学员档案 PDF · A student file as PDF",
    response_class=Response,
    responses=PDF_RESPONSES,
)
async def print_student_file(request: Request, enrolment_id: UUID, principal: Reader) -> Response:
    """The same on paper (O32)."""
    service = of(request)
    return await _printed(service, await _of_enrolment(service, principal, enrolment_id))


@router.get("/my/file", summary="我的学员档案 · My own student file")
async def read_own_student_file(request: Request, principal: Trainee) -> StudentFile:
    """Everything on record of oneself, one's own data clear (O32, T06, T11)."""
    return await _of_person(of(request), principal)


@router.get(
    "/my/file.pdf",
    summary="我的学员档案 PDF · My own student file as PDF",
    response_class=Response,
    responses=PDF_RESPONSES,
)
async def print_own_student_file(request: Request, principal: Trainee) -> Response:
    """The same on paper (O32)."""
    service = of(request)
    return await _printed(service, await _of_person(service, principal))


async def _of_enrolment(service: Service, principal: Principal, enrolment_id: UUID) -> StudentFile:
    async with service.database.transaction() as tx:
        return accepted(await use_cases.of_enrolment(tx, service, principal, enrolment_id))


async def _of_person(service: Service, principal: Principal) -> StudentFile:
    async with service.database.transaction() as tx:
        return accepted(await use_cases.of_person(tx, service, principal))


async def _printed(service: Service, file: StudentFile) -> Response:
    return await paper(service, "student_file", "学员档案", file)
