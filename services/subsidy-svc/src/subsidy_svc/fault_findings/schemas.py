"""Findings of fault as the API takes and shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from subsidy_svc.fault_findings.lifecycle import State
from subsidy_svc.policy.faults import Fault


class NewFaultFinding(Body):
    """Whose fault it was that a claim was paid wrongly (责任认定), and on what that rests."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "claim_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c002",
                    "fault": "person_fraud",
                    "institution_took_part": True,
                    "statement": "经查，申领人未实际参加培训，机构协助伪造考勤",
                }
            ]
        }
    )

    claim_id: UUID
    fault: Fault
    institution_took_part: bool = Field(description="培训机构是否参与 · whether the institution took part")
    statement: Note = Field(description="认定事实 · what was established")

    @field_validator("institution_took_part")
    @classmethod
    def _in_a_fraud_alone(cls, took_part: bool, info: ValidationInfo) -> bool:
        if took_part and info.data.get("fault") is Fault.OFFICE_ERROR:
            raise InvalidText(Text("经办差错不涉及机构", "An office's error has no institution in it"))
        return took_part


class Refusing(Body):
    """Why a finding is not confirmed."""

    reason: Note = Field(examples=["证据不足"])


class FindingFilters(ListQuery):
    """What the findings may be narrowed to."""

    district: DistrictCode | None = None
    fault: Fault | None = None
    state: State | None = None
    claim_id: UUID | None = None
    sort: Literal["id", "-id", "reported_at", "-reported_at"] = "-id"


class FindingPage(FindingFilters, PageQuery):
    """A page of findings."""


class FindingExport(FindingFilters, ExportQuery):
    """Findings as a file."""


class FaultFindingView(BaseModel):
    """A finding of fault (责任认定)."""

    id: UUID
    claim_id: UUID
    district: str
    fault: Fault
    institution_took_part: bool
    statement: str
    state: State
    reported_at: datetime
    reported_by: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    version: int


def finding_view(row: Row) -> FaultFindingView:
    """The view of a finding."""
    return FaultFindingView(**{name: row[name] for name in FaultFindingView.model_fields})
