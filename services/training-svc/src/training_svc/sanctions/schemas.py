"""Sanctions as the API takes and shows them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from training_svc.periods import not_before
from training_svc.policy.standing import SanctionKind
from training_svc.sanctions.lifecycle import State


class NewSanction(Body):
    """A penalty (行政处罚) or a listing as seriously dishonest (严重失信名单) to record."""

    kind: SanctionKind = Field(examples=["stop_for_rectification"])
    source: Name = Field(description="作出或列入机关 · who imposed it", examples=["浦东新区教育局"])
    document_number: Name = Field(description="文号 · document number", examples=["浦教罚〔2026〕12号"])
    starts_on: date = Field(examples=["2026-03-02"])
    ends_on: date | None = Field(
        default=None, description="不填为至解除为止 · without it, until it is lifted", examples=["2026-06-01"]
    )

    @field_validator("ends_on")
    @classmethod
    def _ends_after_it_starts(cls, ends_on: date | None, info: ValidationInfo) -> date | None:
        return not_before(ends_on, info.data.get("starts_on"))


class SanctionAmendment(Body):
    """What was recorded wrongly, and why; what is not given stays, ``ends_on`` null means until lifted."""

    source: Name | None = None
    document_number: Name | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reason: Reason

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        given = self.model_dump(exclude={"reason"}, exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name == "ends_on"}


class Lifting(Body):
    """Why a sanction is lifted (解除)."""

    reason: Note = Field(examples=["整改验收合格"])


class SanctionFilters(ListQuery):
    """What the list of sanctions may be narrowed to, and its orders."""

    institution_id: UUID | None = None
    district: DistrictCode | None = None
    kind: SanctionKind | None = None
    state: State | None = None
    in_force_on: date | None = Field(default=None, description="该日有效 · in force on the day")
    sort: Literal["id", "-id", "starts_on", "-starts_on"] = "id"


class SanctionPage(SanctionFilters, PageQuery):
    """A page of the sanctions."""


class SanctionExport(SanctionFilters, ExportQuery):
    """The sanctions as a file."""


class SanctionView(BaseModel):
    """A sanction; ``in_force`` is whether it holds today, ``bars_classes`` whether it is one that bars."""

    id: UUID
    institution_id: UUID
    institution_name: str
    credit_code: str
    district: str
    kind: SanctionKind
    source: str
    document_number: str
    starts_on: date
    ends_on: date | None
    state: State
    in_force: bool
    bars_classes: bool
    recorded_at: datetime
    recorded_by: str
    authority: str = Field(
        description="登记机关：区代码，或 city 为市级 · a district's code, or city", examples=["310115"]
    )
    lifted_on: date | None
    lift_reason: str | None
    version: int


class FlaggedClassFilters(ListQuery):
    """What the list of flagged classes may be narrowed to, and its orders."""

    institution_id: UUID | None = None
    district: DistrictCode | None = None
    sort: Literal["id", "-id", "ends_on", "-ends_on"] = "id"


class FlaggedClassPage(FlaggedClassFilters, PageQuery):
    """A page of the flagged classes."""


class FlaggedClassExport(FlaggedClassFilters, ExportQuery):
    """The flagged classes as a file."""


class FlaggedClassView(BaseModel):
    """A class that has not ended, of an institution that may begin no new one."""

    id: UUID
    name: str
    district: str
    starts_on: date
    ends_on: date
    enrolled: int
    institution_id: UUID
    institution_name: str
    credit_code: str
    barred_by: list[str]
