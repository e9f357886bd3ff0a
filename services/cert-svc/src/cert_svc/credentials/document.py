"""The certificate as one page (电子证书): PDF/A-2b, rendered and sealed anew each time."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from chuangpei.credentials import paper, pdf
from chuangpei.documents import NotDisplayable
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal, Text

from cert_svc.certificates.certificate import Certificate
from cert_svc.issuer import Issuer
from cert_svc.policy.parameters import Law
from cert_svc.problems import NOT_ON_PAPER
from cert_svc.service import Service

_TEMPLATE = Path(__file__).parents[1] / "templates" / "certificate.typ"

_SENTENCES = {
    "entrepreneurship_completion": Text(
        "参加创业培训，考核合格，准予结业。", "has completed the entrepreneurship training named below."
    ),
    "training_completion": Text(
        "参加创业初创期培训，完成规定课程，准予结业。",
        "has completed the start-up stage of entrepreneurship training named below.",
    ),
    "training_qualification": Text(
        "完成创业初创期培训，经评价合格。",
        "has completed the start-up stage of entrepreneurship training and passed its evaluation.",
    ),
}
"""What each kind attests (C01, C02, C03)."""


async def sealed_page(service: Service, certificate: Certificate, holder: str, code: str) -> bytes:
    """The PDF of a certificate with its holder's name and its code.

    The page depends on the certificate alone, the seal is set now. Raises :class:`Refused` where the font
    lacks a character, and where too many documents wait (503).
    """
    try:
        return await service.documents.render(
            _TEMPLATE,
            _data(service.law, service.issuer, certificate, holder, code),
            at=certificate.issued_at,
            standards=["a-2b"],
            finish=partial(pdf.sealed, seal=service.issuer.seals.seal, at=service.clock.now()),
        )
    except NotDisplayable as lacking:
        shown = f"“{lacking}”"
        detail = Text(f"字库中没有的字：{shown}", f"The font lacks a character of {shown}")
        raise Refused(Refusal(NOT_ON_PAPER, detail)) from None


def _data(law: Law, issuer: Issuer, certificate: Certificate, holder: str, code: str) -> dict[str, Any]:
    kind = law.certificates.on(certificate.issued_on).kinds[certificate.kind]
    by = law.certificates.on(certificate.reissued_on or certificate.issued_on).issuer
    facts = [
        (Text("证书编号", "Number"), certificate.number),
        (Text("培训项目", "Project"), certificate.project.name),
        (Text("培训机构", "Institution"), certificate.institution.name),
    ]
    if certificate.evaluated:
        facts.append((Text("评价日期", "Evaluated on"), _day(certificate.evaluated.on).zh))
    if certificate.reissued_on:
        facts.append((Text("换发日期", "Reissued on"), _day(certificate.reissued_on).zh))
    return {
        "kind": kind.name._asdict(),
        "number": certificate.number,
        "identifier": certificate.identifier,
        "holder": holder,
        "sentence": _SENTENCES[certificate.kind]._asdict(),
        "facts": [{"name": name._asdict(), "value": value} for name, value in facts],
        "issuer": by.name.zh,
        "issued_on": _day(certificate.issued_on)._asdict(),
        "code": code,
        "code_svg": paper.svg(code).decode(),
        "check_url": issuer.check_url(certificate.number),
        "check_svg": paper.svg(issuer.check_url(certificate.number)).decode(),
    }


def _day(on: date) -> Text:
    return Text(f"{on.year}年{on.month}月{on.day}日", f"{on:%-d %B %Y}")
