"""Checking a certificate by its number (公开核验): for everybody, and with nothing to learn from a guess."""

import orjson
from chuangpei.database import Row
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.rate_limit import TOO_OFTEN
from chuangpei.web import problem_response
from fastapi import APIRouter, Request, Response

from cert_svc.certificates.identifier import canonical as canonical_identifier
from cert_svc.certificates.number import NO_NUMBER, canonical
from cert_svc.certificates.register import CHECK, CHECK_IDENTIFIER
from cert_svc.certificates.schemas import PublicCertificateView, RevocationReasonView
from cert_svc.policy.parameters import Law
from cert_svc.service import Service, of

router = APIRouter(prefix="/cert/v1", tags=["公开核验 · public check"])


@router.get(
    "/certificates/{number}",
    response_model=PublicCertificateView,
    summary="核验证书 · Check a certificate",
    responses=TOO_OFTEN,
)
async def check(request: Request, number: str) -> Response:
    """What the paper shows, and its status now; of one replaced, the number in force (C02, C04, C06).

    By the number on the paper, or by the 电子证照标识 (GB/T 36904), which has dots in it. One that is wrong
    and one that is not known get the same answer after the same one query.
    """
    service = of(request)
    allowance = service.checks.ask(request)
    if not allowance.granted:
        return allowance.refused(request)
    headers, row = allowance.headers(), await registered(service, number)
    if row is None:
        return problem_response(request, Refusal(NOT_FOUND), headers)
    headers["etag"] = f'"{row["version"]}"'
    return Response(_shown(row, service.law), headers=headers, media_type="application/json")


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
            code=reason.code,
            zh=reason.text.zh,
            en=reason.text.en,
            exit_ground=reason.exit_ground,
            evaluated_anew=reason.evaluated_anew,
        )
        for reason in service.law.reasons_on(service.clock.today()).values()
    ]


async def registered(service: Service, asked: str) -> Row | None:
    """What the register says of a number or an identifier, however it is written: one query in any case."""
    if "." in asked:
        identifier = canonical_identifier(asked) or NO_NUMBER
        return await service.database.row(CHECK_IDENTIFIER, {"identifier": identifier})
    return await service.database.row(CHECK, {"number": canonical(asked)})


def public_view(row: Row, law: Law) -> PublicCertificateView:
    """What the paper shows, from a row of :data:`cert_svc.certificates.register.CHECK`."""
    return PublicCertificateView.model_validate_json(_shown(row, law))


def _shown(row: Row, law: Law) -> bytes:
    (number, identifier, edition, kind, holder, institution, project, stage, issued_on) = row[:9]
    standing, reissued_as, revoked_on = row[9:12]
    terms = law.certificates.on(issued_on)
    kind_name, stage_name = terms.kinds[kind].name, terms.stages[stage]
    return orjson.dumps(
        {
            "number": number,
            "identifier": identifier,
            "edition": edition,
            "kind": kind,
            "kind_zh": kind_name.zh,
            "kind_en": kind_name.en,
            "holder": holder,
            "institution": institution,
            "project": project,
            "stage": stage,
            "stage_zh": stage_name.zh,
            "stage_en": stage_name.en,
            "issued_on": issued_on,
            "status": standing,
            "reissued_as": reissued_as,
            "revoked_on": revoked_on,
        }
    )
