"""A certificate as a credential: W3C Verifiable Credentials 2.0, shaped as an Open Badges 3.0 achievement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from chuangpei.credentials.documents import Document
from chuangpei.credentials.encoding import instant

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
CERTIFICATE_IDENTIFIER = "ext:GBT36904"
"""The kind of the 电子证照标识 among a subject's identifiers: Open Badges has none of its own for it."""
_SHIPPED = Path(__file__).with_name("contexts")
CONTEXT_FILES: Mapping[str, Path] = {
    CONTEXTS[0]: _SHIPPED / "credentials-v2.jsonld",
    CONTEXTS[1]: _SHIPPED / "open-badges-3.0.3.jsonld",
}
"""The vocabularies as W3C and 1EdTech publish them, at hand so that reading a credential needs no network."""


@dataclass(frozen=True, slots=True)
class Award:
    """What is attested: to whom, what, by whom it was assessed, since when.

    ``achievement_id`` is a URL that names what is achieved, ``achievement_type`` a word of Open Badges,
    ``number`` the number on the paper, ``identifier`` its 电子证照标识 (GB/T 36904) where it has one,
    ``awarded`` an instant (UTC), ``status`` the place among the revoked.
    """

    credential_id: UUID
    issuer: str
    issuer_name: str
    holder_name: str
    number: str
    achievement_id: str
    achievement_type: str
    achievement_name: str
    criteria: str
    assessed_by: str
    awarded: datetime
    status: Document
    identifier: str | None = None


def credential(award: Award) -> Document:
    """The credential, to be secured by one of the carriers."""
    return {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{award.credential_id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.achievement_name,
        "issuer": {"id": award.issuer, "type": ["Profile"], "name": award.issuer_name},
        "validFrom": instant(award.awarded),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": _identities(award),
            "licenseNumber": award.number,
            "source": {
                "id": f"{award.issuer}#assessor",
                "type": ["Profile"],
                "name": award.assessed_by,
            },
            "achievement": {
                "id": award.achievement_id,
                "type": ["Achievement"],
                "achievementType": award.achievement_type,
                "name": award.achievement_name,
                "description": award.achievement_name,
                "criteria": {"narrative": award.criteria},
            },
        },
        "credentialStatus": award.status,
    }


def _identities(award: Award) -> list[Document]:
    """The holder's name first, then the identifier by which the holder's certificate is known."""
    identities = [_identity("name", award.holder_name)]
    if award.identifier is not None:
        identities.append(_identity(CERTIFICATE_IDENTIFIER, award.identifier))
    return identities


def _identity(kind: str, value: str) -> Document:
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}
