"""Instructors as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from chuangpei import amendments
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeText, DistrictCode, IdNumber, Name, Note, Phone
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

from training_svc.instructors.instructor import Employment
from training_svc.instructors.lifecycle import State

Projects = Annotated[list[Code], Field(min_length=1, max_length=50, examples=[["IYB", "SYB"]])]
Fields = Annotated[list[Name], Field(max_length=20, examples=[["市场营销", "财务管理"]])]

_EXPIRES_TOO_EARLY = Text("有效期早于发证日期", "It expires before it was issued")
_BOTH_OR_NEITHER = Text("聘用性质与机构须同时填写", "Employment and institution are given together")


class NewCertificate(Body):
    """A teaching certificate (师资证书) somebody holds."""

    name: Name = Field(examples=["创业培训讲师证书（IYB）"])
    number: Name = Field(examples=["IYB-SH-2023-0081"])
    issued_by: Name = Field(examples=["中国就业培训技术指导中心"])
    issued_on: date = Field(examples=["2023-06-01"])
    expires_on: date | None = Field(default=None, description="长期有效则不填 · none where it has no end")

    @field_validator("expires_on")
    @classmethod
    def _expires_after_it_was_issued(cls, expires_on: date | None, info: ValidationInfo) -> date | None:
        issued_on = info.data.get("issued_on")
        if expires_on is not None and issued_on is not None and expires_on < issued_on:
            raise InvalidText(_EXPIRES_TOO_EARLY)
        return expires_on


class _Application(Body):
    """What every applicant for the pool gives."""

    name: Name = Field(examples=["李老师"])
    id_number: IdNumber
    phone: Phone
    fields: Fields = Field(default_factory=list)
    projects: Projects
    certificates: list[NewCertificate] = Field(max_length=50)


class NewInstructor(_Application):
    """An application for the pool (入库申请) by the institution that employs the person."""

    employment: Employment = Field(examples=["full_time"])


class SelfNomination(_Application):
    """An application for the pool by the person alone (自荐), to the district that is to vet it."""

    district: DistrictCode


class Comment(Body):
    """What is said with a step for which no reason is needed."""

    comment: Note | None = Field(default=None, examples=["证书真实有效"])


class Because(Body):
    """Why a step is taken."""

    reason: Note = Field(examples=["证书与登记信息不符"])


class InstructorAmendment(Body):
    """What is amended of an instructor (更正), the rest staying; employment and institution go together."""

    name: Name | None = None
    phone: Phone | None = None
    employment: Employment | None = None
    institution_id: UUID | None = None
    fields: Fields | None = None
    projects: Projects | None = None
    reason: amendments.Reason

    @model_validator(mode="after")
    def _employed_by_somebody(self) -> Self:
        if (self.employment is None) != (self.institution_id is None):
            raise InvalidText(_BOTH_OR_NEITHER)
        return self


class CertificateAmendment(NewCertificate):
    """A certificate as it should stand on record, and why it is amended."""

    reason: amendments.Reason


class CertificateView(BaseModel):
    """A certificate on record."""

    id: UUID
    name: str
    number: str
    issued_by: str
    issued_on: date
    expires_on: date | None


class InstructorSummary(BaseModel):
    """An instructor as lists show one, masked."""

    id: UUID
    name: str = Field(examples=["李*"])
    id_number: str = Field(examples=["310*************15"])
    phone: str = Field(examples=["138****1234"])
    employment: Employment | None
    institution_id: UUID | None
    institution_name: str | None
    credit_code: str | None
    district: str
    fields: list[str]
    projects: list[str]
    state: State
    applied_at: datetime
    admitted_on: date | None
    appraisal_due_on: date | None
    exits_on: date | None = Field(description="退出生效日 · the day the exit takes effect")
    may_apply_again_on: date | None
    reason: str | None
    version: int


class InstructorView(InstructorSummary):
    """An instructor with the certificates held."""

    certificates: list[CertificateView]


class UnmaskedView(BaseModel):
    """The clear data of one person, for the reason that was recorded."""

    id: UUID
    name: str
    id_number: str
    phone: str


class InstructorFilters(ListQuery):
    """What the list of instructors may be narrowed to, and its orders."""

    state: State | None = None
    district: DistrictCode | None = None
    credit_code: CreditCodeText | None = None
    employment: Employment | None = None
    project_code: Code | None = None
    due_by: date | None = Field(
        default=None, description="考核到期日不晚于 · whose appraisal is due by this day"
    )
    sort: Literal["id", "-id", "applied_at", "-applied_at", "masked_name", "-masked_name"] = "id"


class InstructorPage(InstructorFilters, PageQuery):
    """A page of the instructors."""


class InstructorExport(InstructorFilters, ExportQuery):
    """The instructors as a file."""
