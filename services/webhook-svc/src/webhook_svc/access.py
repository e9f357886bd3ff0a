"""Who may see what: an agency its own, the city centre and auditors all; the rest answers 404."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Database, Row, Transaction
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import TOO_MANY_REQUESTS
from fastapi import Request, Response

from webhook_svc.agencies import repository as agencies
from webhook_svc.agencies.lifecycle import State
from webhook_svc.problems import NO_AGENCY, SUSPENDED
from webhook_svc.service import of

CityCentre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Agency = Annotated[Principal, Allow(Role.AGENCY)]
Operator = Annotated[Principal, Allow(Role.CITY_CENTRE, Role.AUDITOR)]
Reader = Annotated[Principal, Allow(Role.AGENCY, Role.CITY_CENTRE, Role.AUDITOR)]


async def own_agency(source: Database | Transaction, principal: Principal) -> Row:
    """The agency that a token of its client stands for, as it is granted now.

    Raises :class:`Refused` (403) where the client is not registered or its access is suspended.
    """
    agency = await agencies.of_client(source, principal.subject)
    if agency is None:
        raise Refused(Refusal(NO_AGENCY))
    if agency["state"] == State.SUSPENDED:
        raise Refused(Refusal(SUSPENDED))
    return agency


async def visible_agency(source: Database | Transaction, principal: Principal) -> UUID | None:
    """The one agency whose matters the principal may see, or None where it may see all."""
    if principal.role is not Role.AGENCY:
        return None
    agency_id: UUID = (await own_agency(source, principal))["id"]
    return agency_id


def counted(request: Request, response: Response, principal: Principal) -> None:
    """Counts a request of an agency, and tells it in the headers of the answer what it may still ask.

    Raises :class:`Refused` (429) beyond that.
    """
    if principal.role is not Role.AGENCY:
        return
    allowance = of(request).requests.of(principal.subject)
    if not allowance.granted:
        raise Refused(Refusal(TOO_MANY_REQUESTS, retry_after_seconds=allowance.retry_after))
    response.headers.update(allowance.headers())
