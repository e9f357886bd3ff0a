"""Results as the API shows them."""

from datetime import date
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import Code, DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, Field


class ResultFilters(ListQuery):
    """What the list of results may be narrowed to, and its orders."""

    institution_id: UUID | None = None
    class_id: UUID | None = None
    project_code: Code | None = None
    district: DistrictCode | None = None
    passed: bool | None = None
    void: bool | None = None
    sort: Literal["enrolment_id", "-enrolment_id"] = "enrolment_id"


class ResultPage(ResultFilters, PageQuery):
    """A page of the results."""


class ResultExport(ResultFilters, ExportQuery):
    """The results as a file."""


class ResultView(BaseModel):
    """Whether an enrolment passed its evaluation (考核结果), as cert-svc told."""

    enrolment_id: UUID
    name: str = Field(examples=["张*"])
    class_id: UUID
    class_name: str
    project_code: str
    district: str
    institution_id: UUID
    institution_name: str
    attempts: int = Field(description="考核次数 · how often it was evaluated")
    passed: bool = Field(description="曾合格 · whether one attempt passed")
    evaluated_on: date | None
    void: bool = Field(description="证书撤销致结果无效 · made void by a revoked certificate")
    revoked_on: date | None
    revocation_reason: str | None
