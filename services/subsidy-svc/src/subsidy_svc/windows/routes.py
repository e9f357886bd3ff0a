"""Routes of claim windows."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Request, Response

from subsidy_svc.service import of
from subsidy_svc.windows import repository
from subsidy_svc.windows.schemas import WindowView, window_view

router = APIRouter(prefix="/subsidy/v1/windows", tags=["申领期 · claim windows"])
Holder = Annotated[Principal, Allow(Role.CITIZEN)]


@router.get("", summary="我的申领期 · My claim windows", response_model=Page[WindowView])
async def list_windows(
    request: Request, principal: Holder, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The person's own windows, with the days left (S05, D01)."""
    service = of(request)
    assert principal.person_key is not None, "a citizen has a person"
    found = await repository.of_person(service.database, principal.person_key, after_id(cursor), limit + 1)
    page = page_of(found, limit, lambda window: (str(window.certificate_id),))
    today = service.clock.today()
    views = [window_view(window, today) for window in page.items]
    return reply(Page[WindowView](items=views, next_cursor=page.next_cursor))


@router.get("/{certificate_id}", summary="一个申领期 · One claim window", response_model=WindowView)
async def get_window(request: Request, principal: Holder, certificate_id: UUID) -> Response:
    """One of the person's own windows; another person's is not found (S05, D01)."""
    service = of(request)
    assert principal.person_key is not None, "a citizen has a person"
    window = await repository.one_of_person(service.database, certificate_id, principal.person_key)
    if window is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(window_view(window, service.clock.today()))
