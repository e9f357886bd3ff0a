"""The HTTP face of certificates for those who are signed in; the public check is in ``public.py``."""

from typing import Annotated

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused, accepted
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from cert_svc.certificates import register, use_cases
from cert_svc.certificates.certificate import Certificate
from cert_svc.certificates.edition import Replacement
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


@router.get("/certificates/{number}/editions", summary="证书版次 · The editions of a certificate")
async def list_editions(request: Request, number: str, principal: Reader) -> list[EditionView]:
    """Every number it ever had, from when and why, the first one first (C06); by any of its numbers."""
    rows = await register.editions(of(request).database, canonical(number))
    if not rows or any(rows[0][name] != value for name, value in _scope(principal).items()):
        raise Refused(Refusal(NOT_FOUND))
    with_note = principal.role is not Role.CITIZEN
    return [EditionView.of(register.edition_of(row), with_note=with_note) for row in rows]


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
    return reply(view_of(service, principal, certificate))


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
    return reply(view_of(service, principal, certificate))


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
    return reply(view_of(service, principal, certificate))


def _scope(principal: Principal) -> dict[str, str]:
    if principal.role is Role.CITIZEN:
        assert principal.person_key is not None, "a citizen's token carries the person"
        return {"person_key": principal.person_key}
    if principal.role is Role.DISTRICT_OFFICER:
        assert principal.district is not None, "a district officer's token carries the district"
        return {"district": principal.district}
    return {}


def view_of(service: Service, principal: Principal, certificate: Certificate) -> CertificateView:
    """The certificate as the principal may see it."""
    revocation = certificate.revocation
    reason = service.law.reasons_on(revocation.on).get(revocation.reason_code) if revocation else None
    terms = service.law.certificates.on(certificate.issued_on)
    return CertificateView.of(certificate, terms, reason, with_note=principal.role is not Role.CITIZEN)
