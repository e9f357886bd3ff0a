"""What the API takes and shows of certificates."""

from datetime import date
from typing import Self
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.cert import CertificateKind
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field

from cert_svc.certificates.certificate import Certificate
from cert_svc.certificates.lifecycle import State
from cert_svc.certificates.names import KIND_NAMES
from cert_svc.policy.parameters import ExitGround, RevocationReason


class RevokeBody(Body):
    """Why a certificate is revoked (撤销): a code of the list, and what was found out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason_code": "evaluation_fraud", "note": "经查实，该班次由机构组织替考。"}]
        }
    )

    reason_code: str = Field(min_length=1, max_length=60)
    note: str = Field(min_length=2, max_length=2000)


class RevocationView(BaseModel):
    """Why and when (Asia/Shanghai) it was revoked; ``note`` is shown to the offices only."""

    reason_code: str
    zh: str | None
    en: str | None
    exit_ground: ExitGround | None
    revoked_on: date
    note: str | None


class CertificateView(BaseModel):
    """A certificate (证书) as its holder and the offices see it."""

    id: UUID
    number: str = Field(examples=["SH2026H7K3M9QX2TB4"])
    kind: CertificateKind
    kind_zh: str
    kind_en: str
    holder: str = Field(description="脱敏姓名 · masked name", examples=["张*"])
    institution: InstitutionRef
    project: ProjectRef
    enrolment_id: UUID
    class_id: UUID
    class_started_on: date
    evaluated_on: date | None
    issued_on: date
    status: State
    revocation: RevocationView | None
    version: int

    @classmethod
    def of(cls, certificate: Certificate, reason: RevocationReason | None, *, with_note: bool) -> Self:
        """The view; ``reason`` is the one its revocation names."""
        name = KIND_NAMES[certificate.kind]
        return cls(
            id=certificate.id,
            number=certificate.number,
            kind=certificate.kind,
            kind_zh=name.zh,
            kind_en=name.en,
            holder=certificate.person.masked_name,
            institution=certificate.institution,
            project=certificate.project,
            enrolment_id=certificate.enrolment_id,
            class_id=certificate.class_id,
            class_started_on=certificate.class_started_on,
            evaluated_on=certificate.evaluated.on if certificate.evaluated else None,
            issued_on=certificate.issued_on,
            status=certificate.state,
            revocation=_revocation(certificate, reason, with_note),
            version=certificate.version,
        )


class PublicCertificateView(BaseModel):
    """What the paper shows (公开核验), and whether it was revoked since: nothing else."""

    number: str = Field(examples=["SH2026H7K3M9QX2TB4"])
    kind: CertificateKind
    kind_zh: str = Field(examples=["培训合格证书"])
    kind_en: str
    holder: str = Field(description="脱敏姓名 · masked name", examples=["张*"])
    institution: str
    project: str
    stage: int
    issued_on: date
    status: State
    revoked_on: date | None


class RevocationReasonView(BaseModel):
    """A reason a certificate may be revoked for (撤销原因) and the exit ground it matches (D09), if any."""

    code: str = Field(examples=["evaluation_fraud"])
    zh: str
    en: str
    exit_ground: ExitGround | None


def _revocation(
    certificate: Certificate, reason: RevocationReason | None, with_note: bool
) -> RevocationView | None:
    revocation = certificate.revocation
    if revocation is None:
        return None
    return RevocationView(
        reason_code=revocation.reason_code,
        zh=reason.text.zh if reason else None,
        en=reason.text.en if reason else None,
        exit_ground=revocation.exit_ground,
        revoked_on=revocation.on,
        note=revocation.note if with_note else None,
    )
