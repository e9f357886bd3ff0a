"""The HTTP face of certificates for those who are signed in; the public check is in ``public.py``."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import accepted
from chuangpei.events.cert import CertificateKind
from chuangpei.paging import Cursor, Limit, Page, before_id, page_of
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.certificates import repository, use_cases
from cert_svc.certificates.certificate import Certificate
from cert_svc.certificates.lifecycle import State
from cert_svc.certificates.number import canonical
from cert_svc.certificates.schemas import CertificateView, RevokeBody
from cert_svc.service import Service, of

router = APIRouter(prefix="/cert/v1", tags=["证书 · certificates"])

Reader = Annotated[
    Principal, Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]
CityCentre = Annotated[Principal, Allow(Role.CITY_CENTRE)]


@router.get("/certificates", response_model=Page[CertificateView], summary="列出证书 · List certificates")
async def list_certificates(
    request: Request,
    principal: Reader,
    kind: Annotated[CertificateKind | None, Query(description="种类 · kind")] = None,
    status: Annotated[State | None, Query(description="状态 · status")] = None,
    number: Annotated[str | None, Query(max_length=64, description="编号 · number")] = None,
    enrolment_id: Annotated[UUID | None, Query(description="报名编号 · enrolment")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """The newest first: a citizen's own, a district officer's of the district, the city's all (C06)."""
    service = of(request)
    given = {
        "kind": kind,
        "state": status,
        "number": None if number is None else canonical(number),
        "enrolment_id": enrolment_id,
        **_scope(principal),
    }
    filters = {name: value for name, value in given.items() if value is not None}
    certificates = await repository.page(service.database, filters, before_id(cursor), limit + 1)
    views = [_view(service, principal, certificate) for certificate in certificates]
    return reply(page_of(views, limit, lambda view: (str(view.id),)))


@router.post(
    "/certificates/{number}/revoke",
    response_model=CertificateView,
    summary="撤销证书 · Revoke a certificate",
)
async def revoke(
    request: Request, number: str, body: RevokeBody, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """For good, with a reason of the list; some match an exit ground of a brand (C06, D06, D09)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        certificate = accepted(
            await use_cases.revoke(
                tx,
                service,
                principal,
                canonical(number),
                version,
                reason_code=body.reason_code,
                note=body.note,
            )
        )
    return reply(_view(service, principal, certificate))


def _scope(principal: Principal) -> dict[str, str | None]:
    if principal.role is Role.CITIZEN:
        assert principal.person_key is not None, "a citizen's token carries the person"
        return {"person_key": principal.person_key}
    if principal.role is Role.DISTRICT_OFFICER:
        assert principal.district is not None, "a district officer's token carries the district"
        return {"district": principal.district}
    return {}


def _view(service: Service, principal: Principal, certificate: Certificate) -> CertificateView:
    revocation = certificate.revocation
    reason = service.law.reasons_on(revocation.on).get(revocation.reason_code) if revocation else None
    return CertificateView.of(certificate, reason, with_note=principal.role is not Role.CITIZEN)
