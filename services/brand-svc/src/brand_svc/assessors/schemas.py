"""Assessors and their ties as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, IdNumber, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from brand_svc.assessors.tie import TieKind


class NewAssessor(Body):
    """An assessor (评审专家) by real name."""

    name: Name = Field(examples=["王评审"])
    id_number: IdNumber
    field: Name = Field(description="专业领域 · field of expertise", examples=["职业培训管理"])


class Removal(Body):
    """Why an assessor leaves the pool (移出)."""

    reason: Note = Field(examples=["本人申请退出"])


class NewTie(Body):
    """A tie (利害关系) to an institution; without ``until`` it lasts."""

    credit_code: CreditCodeForm
    kind: TieKind = Field(examples=["employed"])
    until: date | None = Field(default=None, description="终止日 · the day on which it was over")
    note: Note = Field(examples=["兼任教学顾问"])


class TieEnd(Body):
    """Since when a tie is over (关系终止), and how that is known."""

    until: date
    reason: Note = Field(examples=["劳动合同终止证明"])


class AssessorFilters(ListQuery):
    """What the pool may be narrowed to, and its orders."""

    removed: bool | None = Field(default=None, description="已移出 · whether removed")
    sort: Literal["id", "-id", "added_at", "-added_at"] = "id"


class AssessorPage(AssessorFilters, PageQuery):
    """A page of the pool."""


class AssessorExport(AssessorFilters, ExportQuery):
    """The pool as a file."""


class TiePage(PageQuery):
    """A page of the ties of an assessor."""

    sort: Literal["id", "-id"] = "id"


class AssessorView(BaseModel):
    """An assessor, the name masked."""

    id: UUID
    masked_name: str = Field(examples=["王*"])
    field: str
    added_at: datetime
    removed_at: datetime | None
    remove_reason: str | None
    version: int


class TieView(BaseModel):
    """A tie; it bars to the end of ``bars_until``, or as long as nobody says that it is over."""

    id: UUID
    credit_code: str
    kind: TieKind
    until: date | None
    bars_until: date | None
    note: str
    declared_at: datetime
    declared_by: str
    version: int
