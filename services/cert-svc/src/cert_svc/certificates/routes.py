"""The HTTP face of certificates for those who are signed in; the public check is in ``public.py``."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused, accepted
from chuangpei.events.cert import CertificateKind
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, before_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.certificates import repository, use_cases
from cert_svc.certificates.certificate import Certificate
from cert_svc.certificates.edition import Replacement
from cert_svc.certificates.lifecycle import State
from cert_svc.certificates.number import canonical
from cert_svc.certificates.schemas import (
    CertificateView,
    EditionView,
    NameCorrection,
    ReissueBody,
    RevokeBody,
)
from cert_svc.service import Service, of

router = APIRouter(prefix="/cert/v1", tags=["证书 · certificates"])

Reader = Annotated[
    Principal, Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]
CityCentre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Centre = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]


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


@router.get("/certificates/{number}/editions", summary="证书版次 · The editions of a certificate")
async def list_editions(request: Request, number: str, principal: Reader) -> list[EditionView]:
    """Every number it ever had, from when and why, the first one first (C06); by any of its numbers."""
    rows = await repository.editions(of(request).database, canonical(number))
    if not rows or any(rows[0][name] != value for name, value in _scope(principal).items()):
        raise Refused(Refusal(NOT_FOUND))
    with_note = principal.role is not Role.CITIZEN
    return [EditionView.of(repository.edition_of(row), with_note=with_note) for row in rows]


@router.post(
    "/certificates/{number}/reissue",
    response_model=CertificateView,
    summary="补发、换发证书 · Reissue a certificate",
)
async def reissue(
    request: Request, number: str, body: ReissueBody, principal: Centre, if_match: IfMatch = None
) -> Response:
    """For a paper lost or damaged: a new number, the same day of issue; the old one is void (C06, D01).

    A district's officer for those of the district, the city centre for all. A revoked one is not reissued.
    """
    service, version = of(request), expected_version(if_match)
    replacement = Replacement(body.reason_code, body.note)
    async with service.database.transaction() as tx:
        certificate = accepted(
            await use_cases.reissue(tx, service, principal, canonical(number), version, replacement)
        )
    return reply(_view(service, principal, certificate))


@router.post(
    "/certificates/{number}/correct-name",
    response_model=CertificateView,
    summary="更正姓名 · Correct the holder's name",
)
async def correct_name(
    request: Request, number: str, body: NameCorrection, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """The right name of the same person, by a document: a new number, the same day of issue (C06, D01).

    The id number is not corrected: on it the holder's identity rests, and whose it was is another's
    certificate, which is revoked.
    """
    service, version = of(request), expected_version(if_match)
    replacement = Replacement("name_corrected", body.note, body.evidence)
    async with service.database.transaction() as tx:
        certificate = accepted(
            await use_cases.reissue(
                tx, service, principal, canonical(number), version, replacement, name=body.name
            )
        )
    return reply(_view(service, principal, certificate))


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


def _scope(principal: Principal) -> dict[str, str]:
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
    terms = service.law.certificates.on(certificate.issued_on)
    return CertificateView.of(certificate, terms, reason, with_note=principal.role is not Role.CITIZEN)
