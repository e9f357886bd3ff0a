"""What the API takes and shows of certificates."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.cert import CertificateKind, ReissueReason
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeForm, DistrictCode, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cert_svc.certificates.certificate import Certificate
from cert_svc.certificates.edition import REISSUE_REASONS, Edition
from cert_svc.certificates.identifier import canonical as canonical_identifier
from cert_svc.certificates.lifecycle import Standing, State
from cert_svc.certificates.number import canonical
from cert_svc.policy.certificates import Terms
from cert_svc.policy.parameters import ExitGround, RevocationReason

Entry = Literal["issued", "reissued", "revoked"]
Asked = Annotated[
    str,
    Field(max_length=120, description="任一版次的编号或电子证照标识 · number or identifier of any edition"),
    AfterValidator(lambda text: canonical_identifier(text) or canonical(text)),
]
Identifier = Annotated[
    str | None,
    Field(
        description="电子证照标识（GB/T 36904），早期版次没有 · identifier, none on early editions",
        examples=["12310000425000011M003.12310000425000011M.2026060104718210559433.001.1"],
    ),
]


class CertificateFilters(ListQuery):
    """What the list of certificates may be narrowed to, and its orders; the newest come first."""

    kind: CertificateKind | None = Field(default=None, description="种类 · kind")
    status: State | None = Field(default=None, description="状态 · status")
    number: Asked | None = None
    enrolment_id: UUID | None = Field(default=None, description="报名编号 · enrolment")
    class_id: UUID | None = Field(default=None, description="班级 · class")
    credit_code: CreditCodeForm | None = Field(default=None, description="培训机构 · institution")
    project_code: Code | None = Field(default=None, description="培训项目 · project")
    district: DistrictCode | None = None
    reissued: bool | None = Field(default=None, description="是否换发过 · whether it was ever reissued")
    issued_since: date | None = None
    issued_until: date | None = None
    reason_code: str | None = Field(
        default=None, max_length=60, description="撤销原因 · reason it was revoked"
    )
    sort: Literal["id", "-id", "issued_on", "-issued_on"] = "-id"


class CertificatePage(CertificateFilters, PageQuery):
    """A page of the certificates."""


class CertificateExport(CertificateFilters, ExportQuery):
    """The certificates as a file."""


class LedgerFilters(ListQuery):
    """What the ledger may be narrowed to, and its orders; the newest line comes first."""

    entry: Entry | None = Field(default=None, description="颁发、换发、撤销 · entry")
    number: Asked | None = None
    certificate_id: UUID | None = Field(default=None, description="证书 · certificate")
    kind: CertificateKind | None = Field(default=None, description="种类 · kind")
    district: DistrictCode | None = None
    since: date | None = None
    until: date | None = None
    sort: Literal["id", "-id"] = "-id"


class LedgerPage(LedgerFilters, PageQuery):
    """A page of the ledger."""


class LedgerExport(LedgerFilters, ExportQuery):
    """The ledger as a file."""


class LedgerView(BaseModel):
    """One line of the ledger (证书台账): which number, to whom, what, when, by whom and why."""

    id: int
    entry: Entry
    certificate_id: UUID
    number: str = Field(examples=["SH2026H7K3M9QX2TB4"])
    kind: CertificateKind
    masked_name: str = Field(description="脱敏姓名 · masked name", examples=["张*"])
    institution_name: str
    district: str
    on_day: date
    at: datetime
    actor: str
    role: str
    reason_code: str | None


class RevokeBody(Body):
    """Why a certificate is revoked (撤销): a code of the list, and what was found out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason_code": "evaluation_fraud", "note": "经查实，该班次由机构组织替考。"}]
        }
    )

    reason_code: str = Field(min_length=1, max_length=60)
    note: str = Field(min_length=2, max_length=2000)


class ReissueBody(Body):
    """Why a paper is replaced (换发原因): it was lost or damaged; and what the holder brought forward."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason_code": "lost", "note": "持证人书面声明遗失，已登记作废。"}]}
    )

    reason_code: Literal["lost", "damaged"]
    note: Note


class NameCorrection(Body):
    """The right name of the same person (更正姓名), why, and the document that shows it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "张三峰", "note": "报名时姓名录入有误", "evidence": "户口簿复印件，档案号 2026-0415"}
            ]
        }
    )

    name: Name
    note: Note
    evidence: Note


class EditionView(BaseModel):
    """One edition (版次): its number, whom it names, from when it held and why it was made.

    ``note``, ``evidence`` and ``made_by`` are shown to the offices only.
    """

    edition: int = Field(description="1 为首次颁发 · 1 is the first")
    number: str = Field(examples=["SH2026H7K3M9QX2TB4"])
    identifier: Identifier
    holder: str = Field(description="脱敏姓名 · masked name", examples=["张*"])
    made_on: date
    reason_code: ReissueReason | None
    reason_zh: str | None = Field(examples=["遗失补发"])
    reason_en: str | None
    note: str | None
    evidence: str | None
    made_by: str | None

    @classmethod
    def of(cls, edition: Edition, *, with_note: bool) -> Self:
        """The view of an edition."""
        replaced = edition.replacement
        reason = REISSUE_REASONS[replaced.reason] if replaced else None
        return cls(
            edition=edition.edition,
            number=edition.number,
            identifier=edition.identifier,
            holder=edition.person.masked_name,
            made_on=edition.on,
            reason_code=replaced.reason if replaced else None,
            reason_zh=reason.zh if reason else None,
            reason_en=reason.en if reason else None,
            note=replaced.note if replaced and with_note else None,
            evidence=replaced.evidence if replaced and with_note else None,
            made_by=edition.actor if with_note else None,
        )


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
    identifier: Identifier
    edition: int = Field(description="版次，1 为首次颁发 · edition, 1 is the first")
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
    issued_on: date = Field(description="颁发日期，换发不变 · day of issue, the same in every edition")
    reissued_on: date | None = Field(description="本版次换发日期 · day of this edition")
    status: State
    revocation: RevocationView | None
    version: int

    @classmethod
    def of(
        cls, certificate: Certificate, terms: Terms, reason: RevocationReason | None, *, with_note: bool
    ) -> Self:
        """The view, by the terms of its day of issue; ``reason`` is the one its revocation names."""
        name = terms.kinds[certificate.kind].name
        return cls(
            id=certificate.id,
            number=certificate.number,
            identifier=certificate.identifier,
            edition=certificate.edition,
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
            reissued_on=certificate.reissued_on,
            status=certificate.state,
            revocation=_revocation(certificate, reason, with_note),
            version=certificate.version,
        )


class PublicCertificateView(BaseModel):
    """What the paper shows (公开核验), and whether it was replaced or revoked since: nothing else.

    ``reissued_as`` is the number in force where the one asked for was replaced (已换发).
    """

    number: str = Field(examples=["SH2026H7K3M9QX2TB4"])
    identifier: Identifier
    edition: int = Field(description="版次，1 为首次颁发 · edition, 1 is the first")
    kind: CertificateKind
    kind_zh: str = Field(examples=["培训合格证书"])
    kind_en: str
    holder: str = Field(description="脱敏姓名 · masked name", examples=["张*"])
    institution: str
    project: str
    stage: int
    stage_zh: str = Field(description="培训阶段 · stage of the training", examples=["创业初创期"])
    stage_en: str
    issued_on: date
    status: Standing
    reissued_as: str | None = Field(description="现行编号 · the number in force", examples=[None])
    revoked_on: date | None


class RevocationReasonView(BaseModel):
    """A reason a certificate may be revoked for (撤销原因) and the exit ground it matches (D09), if any.

    ``evaluated_anew``: an evaluation that is voided for it opens again (D12).
    """

    code: str = Field(examples=["evaluation_fraud"])
    zh: str
    en: str
    exit_ground: ExitGround | None
    evaluated_anew: bool


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
