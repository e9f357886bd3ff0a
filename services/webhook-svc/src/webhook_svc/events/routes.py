"""Events over HTTP, for agencies that cannot receive: read after a place, as often as they like."""

import base64
from typing import Annotated, Any

from chuangpei.database import Row
from chuangpei.paging import PageQuery, decode_cursor, encode_cursor
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from webhook_svc.access import Agency, counted, own_agency
from webhook_svc.agencies.use_cases import PERSON_SALT
from webhook_svc.events import repository
from webhook_svc.events.body import Telling, envelope
from webhook_svc.service import of

router = APIRouter(prefix="/webhook/v1", tags=["事件 · events"])
_ORDER = "events"


class EventPage(PageQuery):
    """A page of events, of these types where any are named."""

    type: list[str] | None = Field(default=None, max_length=100)


class EventsView(BaseModel):
    """The next events as CloudEvents, and the place to go on from, also when there are no more now."""

    items: list[dict[str, Any]]
    next_cursor: str


@router.get("/events", summary="按游标读取事件 · Read events after a cursor")
async def read_events(
    request: Request, response: Response, principal: Agency, query: Annotated[EventPage, Query()]
) -> EventsView:
    """What one's agency is granted, in the order in which it came; going on from a cursor skips nothing."""
    counted(request, response, principal)
    service = of(request)
    agency = await own_agency(service.database, principal)
    place = decode_cursor(query.cursor, str, int, first=_ORDER)
    seq = int(place[1]) if place else 0
    rows = await repository.after(service.database, agency["id"], seq, query.type, query.limit)
    how = _telling(request, agency)
    last = rows[-1]["seq"] if rows else seq
    return EventsView(items=[envelope(row, how) for row in rows], next_cursor=encode_cursor(_ORDER, last))


def _telling(request: Request, agency: Row) -> Telling:
    service = of(request)
    salt = service.privacy.at_rest.decrypt(agency["person_salt_encrypted"], PERSON_SALT)
    return Telling(agency["full_payload"], base64.b64decode(salt), service.settings.public_url.rstrip("/"))
