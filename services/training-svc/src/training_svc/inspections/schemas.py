"""Inspections as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, IdNumber, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.inspections.lifecycle import State
from training_svc.policy.evaluation import ObjectKind
from training_svc.policy.inspection import Severity


class Inspector(Body):
    """Who inspects, by real name, so that interests are found (回避)."""

    name: Name = Field(examples=["王检查"])
    id_number: IdNumber


class Visit(Body):
    """That the inspectors were there."""

    visited_on: date = Field(examples=["2026-05-20"])
    inspectors: list[Inspector] = Field(min_length=1, max_length=20)


class NewFinding(Body):
    """One finding (检查问题)."""

    severity: Severity = Field(examples=["general"])
    text: Note = Field(examples=["签到记录与教室实际人数不符"])


class Findings(Body):
    """What was found; nothing is a finding too, and an empty list."""

    findings: list[NewFinding] = Field(max_length=100)


class Deadline(Body):
    """By when it is to be put right."""

    deadline: date = Field(examples=["2026-06-20"])


class SentBack(Deadline):
    """Why the rectification does not do, and by when it is to be put right."""

    remark: Note = Field(examples=["整改材料不完整"])


class Answer(Body):
    """What the institution says to one finding."""

    number: int = Field(ge=1, le=100)
    text: Note = Field(examples=["已更换签到设备并培训教务人员"])


class Answers(Body):
    """What the institution says to each finding."""

    answers: list[Answer] = Field(min_length=1, max_length=100)


class Closing(Body):
    """What is said at the end."""

    remark: Note | None = Field(default=None, examples=["整改到位"])


class AmendedInspection(Body):
    """Findings or the deadline, amended; findings are given whole."""

    reason: Reason
    findings: list[NewFinding] | None = Field(default=None, max_length=100)
    deadline: date | None = None


class FindingRecord(BaseModel):
    """A finding and the institution's answer."""

    number: int
    severity: Severity
    text: str
    answer: str | None


class InspectionSummary(BaseModel):
    """An inspection in a list; ``overdue`` where the deadline passed without an answer."""

    id: UUID
    programme_id: UUID
    draw_id: UUID | None
    authority: str
    object_kind: ObjectKind
    object_id: UUID
    object_name: str
    institution_id: UUID
    institution_name: str
    district: str
    state: State
    visited_on: date | None
    deadline: date | None
    overdue: bool
    closed_on: date | None
    planned_at: datetime
    version: int


class InspectionView(InspectionSummary):
    """An inspection (督导检查) with its findings and who made it, masked."""

    findings: list[FindingRecord]
    inspectors: list[str] = Field(examples=[["王*", "李*"]])
    remark: str | None


class InspectionFilters(ListQuery):
    """What the list of inspections may be narrowed to, and its orders."""

    state: State | None = None
    object_kind: ObjectKind | None = None
    programme_id: UUID | None = None
    institution_id: UUID | None = None
    authority: str | None = Field(default=None, max_length=6)
    district: DistrictCode | None = None
    overdue: bool | None = Field(default=None, description="整改逾期 · the deadline passed unanswered")
    sort: Literal["id", "-id", "planned_at", "-planned_at"] = "id"


class InspectionPage(InspectionFilters, PageQuery):
    """A page of the inspections."""


class InspectionExport(InspectionFilters, ExportQuery):
    """The inspections as a file."""
