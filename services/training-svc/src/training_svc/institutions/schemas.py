"""Institutions as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode, Name, Note, Phone
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.credit_code import check_error
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from training_svc.institutions.lifecycle import State
from training_svc.policy.organisers import InstitutionKind

_ADDRESS = Field(min_length=1, max_length=200, examples=["浦东新区示例路1号"])


class InstitutionFilters(ListQuery):
    """What the list of institutions may be narrowed to, and its orders."""

    district: DistrictCode | None = None
    kind: InstitutionKind | None = None
    credit_code: CreditCodeForm | None = None
    state: State | None = None
    barred: bool | None = Field(
        default=None, description="停业整顿或失信期间 · whether barred from new classes"
    )
    designated: bool | None = Field(default=None, description="示范机构 · whether designated")
    failing: bool | None = Field(
        default=None, description="最近公布的排名不达标 · failing in the last ranking"
    )
    brand: Literal["active", "ended", "revoked"] | None = Field(
        default=None, description="优质品牌状态 · how it stands as a quality brand"
    )
    early_code: bool | None = Field(default=None, description="早期代码 · whether under an early code")
    sort: Literal["id", "-id", "name", "-name", "registered_on", "-registered_on"] = "id"


class InstitutionPage(InstitutionFilters, PageQuery):
    """A page of the institutions."""


class InstitutionExport(InstitutionFilters, ExportQuery):
    """The institutions as a file."""


class Contact(Body):
    """Whom to call at an institution (联系人)."""

    name: Name = Field(examples=["王经理"])
    phone: Phone


class NewInstitution(Body):
    """An institution (培训机构) to register.

    ``early_code_reason`` is for an officer who takes a code whose check character fails (早期代码).
    """

    # Before the code, whose check looks at it.
    early_code_reason: Note | None = Field(
        default=None, examples=["2015年换证前核发的早期代码，已核对营业执照"]
    )
    credit_code: CreditCodeForm
    name: Name = Field(examples=["上海示例职业技能培训学校"])
    district: DistrictCode
    kind: InstitutionKind = Field(examples=["private_training_institution"])
    address: str = _ADDRESS
    contact: Contact | None = None

    @field_validator("credit_code")
    @classmethod
    def _checks_or_is_explained(cls, code: str, info: ValidationInfo) -> str:
        error = check_error(code)
        if error is not None and info.data.get("early_code_reason") is None:
            raise InvalidText(error)
        return code


class InstitutionAmendment(Body):
    """What changed about an institution (变更), and why; what is not given stays."""

    name: Name | None = Field(default=None, examples=["上海示例进修学校"])
    district: DistrictCode | None = None
    kind: InstitutionKind | None = None
    address: str | None = Field(default=None, min_length=1, max_length=200)
    closed: Literal[False] | None = Field(
        default=None, description="false 撤回误停办 · false takes a mistaken closing back"
    )
    closed_on: date | None = Field(default=None, description="更正停办日期 · of one that has closed")
    close_reason: Note | None = Field(default=None, description="更正停办原因 · of one that has closed")
    reason: Reason


class Closing(Body):
    """Why an institution closes (停办)."""

    reason: Note = Field(examples=["举办者申请终止办学"])


class ContactView(BaseModel):
    """The contact, masked."""

    name: str = Field(examples=["王*"])
    phone: str = Field(examples=["138****0000"])


class EarlyCodeView(BaseModel):
    """Why, by whom and when a code whose check character fails was taken (早期代码)."""

    reason: str
    recorded_by: str
    recorded_at: datetime


class InstitutionView(BaseModel):
    """A registered institution and how it stands today."""

    id: UUID
    credit_code: str
    early_code: EarlyCodeView | None
    name: str
    district: str
    kind: InstitutionKind
    address: str
    contact: ContactView | None
    state: State
    registered_on: date
    closed_on: date | None
    close_reason: str | None
    barred_by: list[str] = Field(description="有效的停业整顿、失信等文号 · documents that bar new classes")
    designated: bool = Field(description="示范机构 · designated as an example")
    failing: bool = Field(description="最近公布的排名不达标 · failing in the ranking published last")
    brand_state: Literal["active", "ended", "revoked"] | None = Field(
        description="优质品牌状态 · how it stands as a quality brand, null if it never was one"
    )
    brand_tier: Literal["city", "district"] | None
    brand_since: date | None
    version: int
