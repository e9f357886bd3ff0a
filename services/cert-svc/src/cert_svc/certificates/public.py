"""Checking a certificate by its number (公开核验): for everybody, and with nothing to learn from a guess."""

import orjson
from chuangpei.database import Row
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.web import problem_response
from fastapi import APIRouter, Request, Response

from cert_svc.certificates.names import KIND_NAMES
from cert_svc.certificates.number import canonical
from cert_svc.certificates.repository import CHECK
from cert_svc.certificates.schemas import PublicCertificateView, RevocationReasonView
from cert_svc.service import of

router = APIRouter(prefix="/cert/v1", tags=["公开核验 · public check"])


@router.get(
    "/certificates/{number}",
    response_model=PublicCertificateView,
    summary="核验证书 · Check a certificate",
)
async def check(request: Request, number: str) -> Response:
    """What the paper shows, and its status now; of one replaced, the number in force (C02, C04, C06).

    A number that is wrong and one that is not known get the same answer after the same one query.
    """
    row = await of(request).database.row(CHECK, {"number": canonical(number)})
    if row is None:
        return problem_response(request, Refusal(NOT_FOUND))
    return Response(_shown(row), headers={"etag": f'"{row["version"]}"'}, media_type="application/json")


@router.get(
    "/revocation-reasons",
    response_model=list[RevocationReasonView],
    summary="撤销原因 · Reasons of revocation",
)
async def revocation_reasons(request: Request) -> list[RevocationReasonView]:
    """The reasons in force today, and the exit ground (B11) each matches, if any (D09)."""
    service = of(request)
    return [
        RevocationReasonView(
            code=reason.code, zh=reason.text.zh, en=reason.text.en, exit_ground=reason.exit_ground
        )
        for reason in service.law.reasons_on(service.clock.today()).values()
    ]


def public_view(row: Row) -> PublicCertificateView:
    """What the paper shows, from a row of :data:`cert_svc.certificates.repository.CHECK`."""
    return PublicCertificateView.model_validate_json(_shown(row))


def _shown(row: Row) -> bytes:
    number, edition, kind, holder, institution, project, stage, issued_on, standing, new, revoked_on, _ = row
    name = KIND_NAMES[kind]
    return orjson.dumps(
        {
            "number": number,
            "edition": edition,
            "kind": kind,
            "kind_zh": name.zh,
            "kind_en": name.en,
            "holder": holder,
            "institution": institution,
            "project": project,
            "stage": stage,
            "issued_on": issued_on,
            "status": standing,
            "reissued_as": new,
            "revoked_on": revoked_on,
        }
    )
