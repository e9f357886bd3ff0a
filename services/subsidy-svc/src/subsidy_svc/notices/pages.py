"""The pages of public notices (公示页): the list by district, and one notice (S08, D04, D13)."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.refusals import Text
from chuangpei.paging import Page
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from subsidy_svc.notices import repository
from subsidy_svc.notices.schemas import NoticePage, NoticeState, NoticeView, notice_view
from subsidy_svc.notices.tables import Standing
from subsidy_svc.pages import PAGES
from subsidy_svc.pages.words import day, district, money, no_such_page
from subsidy_svc.service import of

PATH = "/subsidy/notices"
_A_PAGE = 20

router = APIRouter(tags=["公示页面 · pages of notices"], default_response_class=HTMLResponse)

_STATES = {
    NoticeState.OPEN: Text("公示中", "Open"),
    NoticeState.HELD: Text("异议核查中，暂缓办理", "Held: an objection is looked into"),
    NoticeState.CLOSED: Text("公示已结束", "Closed"),
}
_TONES = {NoticeState.OPEN: "good", NoticeState.HELD: "warn", NoticeState.CLOSED: ""}


class Shown(NamedTuple):
    """A notice in words."""

    id: UUID
    name: str
    institution: str
    project: str
    district: Text
    amount: Text
    first_day: Text
    last_day: Text
    provisional: bool
    state: Text
    tone: str
    takes_objections: bool


@router.get(PATH, summary="公示列表页 · The page of notices")
async def notices_page(
    request: Request, district: str = "", standing: Standing = Standing.CURRENT, cursor: str | None = None
) -> Response:
    """What runs or is held, or what ended, the newest first, of a district or of all (S08, D13)."""
    chosen = district if district in DISTRICTS else ""
    page = await _page(request, chosen, standing, cursor)
    return PAGES.answer(
        request,
        "notices.html",
        notices=page.items,
        next_cursor=page.next_cursor,
        begun=cursor is not None,
        districts=list(DISTRICTS.values()),
        district=chosen,
        standing=standing,
    )


@router.get(PATH + "/{notice_id}", summary="公示页 · The page of one notice")
async def notice_page(request: Request, notice_id: str) -> Response:
    """What is granted to whom, and until when anybody may object (S08, S09, D04, D13)."""
    service, row = of(request), await notice_at(request, notice_id)
    if row is None:
        return no_such_page(request)
    return PAGES.answer(request, "notice.html", notice=shown(row, service.clock.today()))


async def notice_at(request: Request, notice_id: str) -> Row | None:
    """The notice of an address, whatever stands there."""
    try:
        number = UUID(notice_id)
    except ValueError:
        return None
    return await repository.one(of(request).database, number)


def shown(row: Row, today: date) -> Shown:
    """A notice in words as it stands on ``today``."""
    view: NoticeView = notice_view(row, today)
    on_notice = row["claim_state"] in ("noticed", "held")
    return Shown(
        id=view.id,
        name=view.name,
        institution=view.institution_name,
        project=view.project_name,
        district=district(view.district),
        amount=money(view.amount_fen),
        first_day=day(view.first_day),
        last_day=day(view.last_day),
        provisional=view.last_day_provisional,
        state=_STATES[view.state],
        tone=_TONES[view.state],
        takes_objections=on_notice and not repository.period_of(row).is_over(today),
    )


async def _page(request: Request, district: str, standing: Standing, cursor: str | None) -> Page[Shown]:
    """A page of the list; an address whose cursor is none begins anew."""
    service = of(request)
    today = service.clock.today()
    query = NoticePage(district=district or None, limit=_A_PAGE)
    asked = repository.LIST.asked(query, reach=standing, given={"today": today})

    async def read(placed: NoticePage) -> Page[Shown]:
        return await repository.LIST.page(service.database, asked, placed, lambda row: shown(row, today))

    try:
        return await read(query.model_copy(update={"cursor": cursor}))
    except Refused:
        return await read(query)
