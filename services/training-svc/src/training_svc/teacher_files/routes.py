"""Teacher files over HTTP, as JSON and as PDF."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.documents import PDF_RESPONSES
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from fastapi import APIRouter, Request, Response

from training_svc.instructors import repository as instructors
from training_svc.papers import paper
from training_svc.service import Service, of
from training_svc.teacher_files.schemas import TeacherFile
from training_svc.teacher_files.use_cases import gather
from training_svc.visibility import READERS, scope_of

Citizen = Annotated[Principal, Allow(Role.CITIZEN)]
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1", tags=["教师档案 · teacher files"])


@router.get("/instructors/{instructor_id}/file", summary="教师档案 · Read a teacher file")
async def read_teacher_file(request: Request, instructor_id: UUID, principal: Reader) -> TeacherFile:
    """Everything on record of one instructor, masked (O32, T10)."""
    return await _of_instructor(of(request), principal, instructor_id)


@router.get(
    "/instructors/{instructor_id}/file.pdf",
    summary="教师档案 PDF · A teacher file as PDF",
    response_class=Response,
    responses=PDF_RESPONSES,
)
async def print_teacher_file(request: Request, instructor_id: UUID, principal: Reader) -> Response:
    """The same on paper (O32, T10)."""
    service = of(request)
    return await _printed(service, await _of_instructor(service, principal, instructor_id))


@router.get("/my/instructor/file", summary="我的教师档案 · My own teacher file")
async def read_own_file(request: Request, principal: Citizen) -> TeacherFile:
    """Everything on record of oneself as an instructor (O32, T10)."""
    return await _of_person(of(request), principal)


@router.get(
    "/my/instructor/file.pdf",
    summary="我的教师档案 PDF · My own teacher file as PDF",
    response_class=Response,
    responses=PDF_RESPONSES,
)
async def print_own_file(request: Request, principal: Citizen) -> Response:
    """The same on paper (O32, T10)."""
    service = of(request)
    return await _printed(service, await _of_person(service, principal))


async def _of_instructor(service: Service, principal: Principal, instructor_id: UUID) -> TeacherFile:
    async with service.database.transaction() as tx:
        found = await instructors.one(tx, instructor_id, scope_of(principal))
        if found is None:
            raise Refused(Refusal(NOT_FOUND))
        return await gather(tx, service, found)


async def _of_person(service: Service, principal: Principal) -> TeacherFile:
    async with service.database.transaction() as tx:
        found = await instructors.of_person(tx, principal.person_key or "")
        if found is None:
            raise Refused(Refusal(NOT_FOUND))
        return await gather(tx, service, found)


async def _printed(service: Service, file: TeacherFile) -> Response:
    return await paper(service, "teacher_file", "教师档案", file)
