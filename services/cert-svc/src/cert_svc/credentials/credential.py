"""A certificate as a signed credential (电子凭证): what it says, and its place among the revoked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chuangpei.credentials import achievement, data_integrity, status_list
from chuangpei.credentials.documents import Document
from chuangpei.credentials.paper import Paper
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id

from cert_svc.certificates.certificate import Certificate
from cert_svc.issuer import Issuer
from cert_svc.policy.parameters import Law

ACHIEVEMENT_TYPES = {
    "entrepreneurship_completion": "CertificateOfCompletion",
    "training_completion": "CertificateOfCompletion",
    "training_qualification": "Certificate",
}
"""The words of Open Badges 3.0 for the kinds of certificate (C01, C02, C03)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a numbered status list."""

    status_list: int
    index: int


@dataclass(frozen=True, slots=True)
class Credential:
    """A signed credential of one certificate."""

    id: UUID
    certificate_id: UUID
    place: Place
    key_id: str
    signed_at: datetime
    document: Document


def signed(
    certificate: Certificate, holder_name: str, issuer: Issuer, law: Law, place: Place, at: datetime
) -> Credential:
    """The certificate as a credential, signed at ``at`` (UTC) by the issuer's current key.

    Its kind is called as on the day of issue, the issuer as on the day of signing.
    """
    kind = law.certificates.on(certificate.issued_on).kinds[certificate.kind]
    credential_id = new_id()
    award = achievement.Award(
        credential_id=credential_id,
        issuer=issuer.did,
        issuer_name=law.certificates.on(civil_date(at)).issuer.name.zh,
        holder_name=holder_name,
        number=certificate.number,
        achievement_id=issuer.achievement_url(certificate.kind),
        achievement_type=ACHIEVEMENT_TYPES[certificate.kind],
        achievement_name=f"{kind.name.zh} · {certificate.project.name}",
        criteria=kind.criteria,
        assessed_by=certificate.institution.name,
        awarded=certificate.issued_at,
        status=status_list.entry(issuer.list_url(place.status_list), place.index),
        identifier=certificate.identifier,
    )
    signer = issuer.keys.signer
    document = data_integrity.secured(achievement.credential(award), signer, issuer.did, at)
    return Credential(credential_id, certificate.id, place, signer.public.key_id, at, document)


_SHORT = 20


def on_paper(certificate: Certificate, document: Document) -> Paper:
    """What the code on the paper says: as much as fits, the rest is printed beside it.

    ``k`` is the kind, ``n`` the holder's name, ``o`` the institution's name, cut where it is long, ``p`` the
    project's code.
    """
    subject, status = document["credentialSubject"], document["credentialStatus"]
    list_number = status["statusListCredential"].rpartition("/")[2]
    return Paper(
        issuer=document["issuer"]["id"],
        number=certificate.number,
        issued_on=certificate.issued_on,
        status_list=int(list_number),
        status_index=int(status["statusListIndex"]),
        fact={
            "k": certificate.kind,
            "n": subject["identifier"][0]["identityHash"],
            "o": certificate.institution.name[:_SHORT],
            "p": certificate.project.code,
        },
    )
