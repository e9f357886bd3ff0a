"""Signed credentials over HTTP: the holder takes them away, anyone checks them, here or offline."""

from typing import Annotated, Any

from chuangpei.auth import Allow, Principal, Role
from chuangpei.credentials import achievement, compact, paper
from chuangpei.credentials.documents import Document, canonical
from chuangpei.documents import PDF_RESPONSES, PDF_TYPE
from chuangpei.documents import document as as_document
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.rate_limit import TOO_OFTEN
from chuangpei.web import reply
from fastapi import APIRouter, Request, Response

from cert_svc.certificates import repository as certificates
from cert_svc.certificates.certificate import Certificate
from cert_svc.certificates.number import canonical as canonical_number
from cert_svc.credentials import use_cases
from cert_svc.credentials.checks import checked
from cert_svc.credentials.credential import on_paper
from cert_svc.credentials.document import sealed_page
from cert_svc.credentials.schemas import CheckView
from cert_svc.service import of

Holder = Annotated[Principal, Allow(Role.CITIZEN, Role.CITY_CENTRE)]

router = APIRouter(prefix="/cert", tags=["电子凭证 · credentials"])

_VC, _JWT, _DID = "application/vc", "application/vc+jwt", "application/did+json"
_CONTEXTS = {file.name: file for file in achievement.CONTEXT_FILES.values()}
_MINUTE = {"cache-control": "public, max-age=60"}


def _carries(*kinds: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "凭证 · the carrier", "content": {kind: {} for kind in kinds}}}


@router.get(
    "/v1/certificates/{number}/credential",
    summary="可验证凭证 · The certificate as a verifiable credential",
    responses=_carries(_VC),
)
async def credential(request: Request, number: str, principal: Holder) -> Response:
    """A W3C Verifiable Credential 2.0 shaped as Open Badges 3.0, for its holder (C02, C06)."""
    _, document = await _held(request, number, principal)
    return Response(canonical(document), media_type=_VC)


@router.get(
    "/v1/certificates/{number}/credential.jwt",
    summary="JWT 凭证 · The certificate as a VC-JWT",
    responses=_carries(_JWT),
)
async def credential_jwt(request: Request, number: str, principal: Holder) -> Response:
    """The same credential as a JWS, for its holder (C02, C06)."""
    _, document = await _held(request, number, principal)
    issuer = of(request).issuer
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    return Response(compact.signed(unsecured, issuer.keys.signer, issuer.did), media_type=_JWT)


@router.get(
    "/v1/certificates/{number}/code",
    summary="纸质二维码内容 · The text of the code on paper",
    responses=_carries("text/plain"),
)
async def code(request: Request, number: str, principal: Holder) -> Response:
    """A CWT in COSE_Sign1, compressed, in base45: what the QR code on the paper holds (C06)."""
    return Response(await _code(request, number, principal), media_type="text/plain")


@router.get(
    "/v1/certificates/{number}/code.svg",
    summary="纸质二维码 · The code on paper",
    responses=_carries("image/svg+xml"),
)
async def code_picture(request: Request, number: str, principal: Holder) -> Response:
    """The same as a QR code of at most version 13, level M (C06)."""
    return Response(paper.svg(await _code(request, number, principal)), media_type="image/svg+xml")


@router.get(
    "/v1/certificates/{number}/document.pdf",
    summary="电子证书 PDF · The certificate as a sealed PDF",
    response_class=Response,
    responses=PDF_RESPONSES,
)
async def document_pdf(request: Request, number: str, principal: Holder) -> Response:
    """One page for print and archive (PDF/A-2b), sealed (PAdES B-B), with the code on it (C02, C06)."""
    service = of(request)
    certificate, document = await _held(request, number, principal)
    holder = service.privacy.at_rest.decrypt(certificate.person.name_encrypted, "person.name")
    code = paper.code(on_paper(certificate, document), service.issuer.keys.signer)
    pdf = await sealed_page(service, certificate, holder, code)
    return as_document(certificate.number, pdf)


@router.get("/did.json", summary="发证机构的 DID 文档 · Who signs", responses=_carries(_DID))
async def did_document(request: Request) -> Response:
    """The issuer's DID document: every key whose certificates are still checked (C06)."""
    return Response(canonical(of(request).issuer.did_document()), headers=_MINUTE, media_type=_DID)


@router.get(
    "/v1/status-lists/{list_number}",
    summary="状态列表 · Who was revoked",
    responses=_carries(_VC),
)
async def status_list(request: Request, list_number: int) -> Response:
    """A signed, short-lived Bitstring Status List (D06: a revocation is seen at once)."""
    service = of(request)
    known = 0 < list_number < 2**31  # what the database could number
    found = await service.status_lists.current(service.database, list_number) if known else None
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return Response(canonical(found), headers=_MINUTE, media_type=_VC)


@router.get(
    "/contexts/{name}",
    summary="凭证的词汇表 · The vocabularies of credentials",
    responses=_carries("application/ld+json"),
)
def context(name: str) -> Response:
    """A JSON-LD context as its publisher has it, for readers without the open internet (C06)."""
    file = _CONTEXTS.get(name)
    if file is None:
        raise Refused(Refusal(NOT_FOUND))
    return Response(file.read_bytes(), headers=_MINUTE, media_type="application/ld+json")


@router.get("/v1/trust", summary="离线核验所需 · What checking offline needs")
async def trust(request: Request) -> Response:
    """The issuer's keys and every current status list, for ``chuangpei verify`` without a network (C06)."""
    service = of(request)
    issuer, lists = service.issuer, await service.status_lists.all(service.database)
    bundle: Document = {
        "issuers": [issuer.trust()],
        "status_lists": list(lists.values()),
    }
    return Response(canonical(bundle), headers=_MINUTE, media_type="application/json")


@router.post(
    "/v1/checks",
    response_model=CheckView,
    summary="核验凭证 · Check a credential",
    responses=TOO_OFTEN,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                **{kind: {"schema": {"type": "string"}} for kind in (_VC, _JWT, "text/plain")},
                PDF_TYPE: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def check(request: Request) -> Response:
    """Any carrier, sent as it is: is its signature good, and does it stand today (C06)?"""
    service = of(request)
    allowance = service.checks.ask(request)
    if not allowance.granted:
        return allowance.refused(request)
    answer = reply(await checked(service, await request.body()))
    answer.headers.update(allowance.headers())
    return answer


async def _held(request: Request, number: str, principal: Principal) -> tuple[Certificate, Document]:
    """The certificate and its credential, for its holder or the city centre; to others there is none."""
    service = of(request)
    async with service.database.transaction() as tx:
        asked = canonical_number(number)
        certificate = await certificates.load_for_update(tx, asked)
        # The credential of a number that was replaced is withdrawn: it is carried no more.
        if certificate is None or certificate.number != asked or not _may_hold(principal, certificate):
            raise Refused(Refusal(NOT_FOUND))
        document = await use_cases.shown(tx, service, certificate)
    if document is None:
        raise Refused(Refusal(NOT_FOUND))
    return certificate, document


def _may_hold(principal: Principal, certificate: Certificate) -> bool:
    return principal.role is Role.CITY_CENTRE or principal.person_key == certificate.person.person_key


async def _code(request: Request, number: str, principal: Principal) -> str:
    certificate, document = await _held(request, number, principal)
    return paper.code(on_paper(certificate, document), of(request).issuer.keys.signer)
