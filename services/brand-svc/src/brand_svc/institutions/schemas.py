"""Views of institutions."""

from datetime import date
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, Field

from brand_svc.policy.facts import Tier


class InstitutionFilters(ListQuery):
    """What the institutions may be narrowed to, and their orders."""

    district: DistrictCode | None = None
    kind: str | None = Field(default=None, max_length=100)
    holder: bool | None = Field(default=None, description="持有品牌 · holds a brand")
    barred: bool | None = Field(default=None, description="停业整顿、失信期间 · stopped or listed")
    qualified: bool | None = Field(default=None, description="有有效资质 · holds a qualification")
    inactive: bool | None = Field(default=None, description="长期未开班 · without a class for long")
    sort: Literal["credit_code", "-credit_code", "name", "-name"] = "credit_code"


class InstitutionPage(InstitutionFilters, PageQuery):
    """A page of institutions."""


class InstitutionExport(InstitutionFilters, ExportQuery):
    """Institutions as a file."""


class InstitutionSummary(BaseModel):
    """An institution (培训机构) and how it stands today, as training-svc tells."""

    credit_code: str
    name: str
    district: str
    kind: str
    registered_on: date | None
    closed_on: date | None
    brand_tier: Tier | None
    barred: bool
    qualified: bool
    last_class_ends_on: date | None
    inactive_since: date | None


class SanctionView(BaseModel):
    """A penalty (行政处罚) or listing as dishonest (失信名单); fields are null until they are told."""

    sanction_id: UUID
    kind: str | None
    exit_ground: str | None
    source: str | None
    document_number: str | None
    starts_on: date | None
    ends_on: date | None
    lifted_on: date | None


class QualificationView(BaseModel):
    """A qualification (机构资质) for a project."""

    qualification_id: UUID
    project_code: str
    stage: int
    state: str | None
    valid_from: date | None
    valid_until: date | None


class InactivityView(BaseModel):
    """The inactivity (长期未开班) that was told last; a class held since ends it."""

    inactive_since: date
    last_class_ended_on: date | None
    has_site: bool
    full_time_instructors: int | None
    told_on: date


class InstitutionFile(InstitutionSummary):
    """An institution with the facts behind its standing (B02, B13, X4).

    ``classes_held`` ended in the years of a clean record; ``x4`` says that site, full-time teachers and
    training are lacking all three.
    """

    classes_held: int
    x4: bool
    inactivity: InactivityView | None
    sanctions: list[SanctionView]
    qualifications: list[QualificationView]
