"""Designations as the API takes and shows them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from training_svc.designations.lifecycle import State
from training_svc.periods import not_before


class NewDesignation(Body):
    """The term and the ground of a designation (示范机构)."""

    starts_on: date = Field(examples=["2026-04-01"])
    ends_on: date = Field(examples=["2028-03-31"])
    reason: Note = Field(examples=["2025年度排名第一，培训质量突出"])

    @field_validator("ends_on")
    @classmethod
    def _ends_after_it_starts(cls, ends_on: date, info: ValidationInfo) -> date | None:
        return not_before(ends_on, info.data.get("starts_on"))


class DesignationAmendment(Body):
    """What was recorded wrongly of the term or the withdrawal, and why; what is not given stays."""

    starts_on: date | None = None
    ends_on: date | None = None
    ground: Note | None = Field(default=None, description="命名依据 · what the designation rests on")
    withdrawn: Literal[False] | None = Field(
        default=None, description="false 撤回误取消 · false takes a mistaken withdrawal back"
    )
    withdrawn_on: date | None = Field(default=None, description="更正取消日期 · of one that is withdrawn")
    withdraw_reason: Note | None = Field(default=None, description="更正取消原因 · of one that is withdrawn")
    reason: Reason

    def changes(self) -> dict[str, Any]:
        """The new values by the name that the designation has for each."""
        given = self.model_dump(exclude={"reason", "withdrawn", "ground"}, exclude_none=True)
        return given | ({"reason": self.ground} if self.ground else {})


class Withdrawal(Body):
    """Why a designation is withdrawn (取消)."""

    reason: Note = Field(examples=["培训质量下滑，不再符合示范要求"])


class DesignationFilters(ListQuery):
    """What the list of designations may be narrowed to, and its orders."""

    institution_id: UUID | None = None
    district: DistrictCode | None = None
    state: State | None = None
    in_force_on: date | None = Field(default=None, description="该日有效 · in force on the day")
    sort: Literal["id", "-id", "starts_on", "-starts_on", "ends_on", "-ends_on"] = "id"


class DesignationPage(DesignationFilters, PageQuery):
    """A page of the designations."""


class DesignationExport(DesignationFilters, ExportQuery):
    """The designations as a file."""


class DesignationView(BaseModel):
    """A designation; ``in_force`` is whether it holds today."""

    id: UUID
    institution_id: UUID
    institution_name: str
    credit_code: str
    district: str
    starts_on: date
    ends_on: date
    reason: str
    state: State
    in_force: bool
    designated_at: datetime
    designated_by: str
    withdrawn_on: date | None
    withdraw_reason: str | None
    version: int
