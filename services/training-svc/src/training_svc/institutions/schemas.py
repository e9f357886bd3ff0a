"""Institutions as the API takes and shows them."""

from datetime import date
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeText, DistrictCode, Name
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.policy.organisers import InstitutionKind


class InstitutionFilters(ListQuery):
    """What the list of institutions may be narrowed to, and its orders."""

    district: DistrictCode | None = None
    kind: InstitutionKind | None = None
    credit_code: CreditCodeText | None = None
    sort: Literal["id", "-id", "name", "-name", "registered_on", "-registered_on"] = "id"


class InstitutionPage(InstitutionFilters, PageQuery):
    """A page of the institutions."""


class InstitutionExport(InstitutionFilters, ExportQuery):
    """The institutions as a file."""


class NewInstitution(Body):
    """An institution (培训机构) to register."""

    credit_code: CreditCodeText
    name: Name = Field(examples=["上海示例职业技能培训学校"])
    district: DistrictCode
    kind: InstitutionKind = Field(examples=["private_training_institution"])
    address: str = Field(min_length=1, max_length=200, examples=["浦东新区示例路1号"])


class InstitutionView(BaseModel):
    """A registered institution."""

    id: UUID
    credit_code: str
    name: str
    district: str
    kind: InstitutionKind
    address: str
    registered_on: date
    version: int
