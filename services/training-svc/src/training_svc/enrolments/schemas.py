"""Enrolments as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeText, DistrictCode, IdNumber, Instant, Name, Note, Phone
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field

from training_svc.enrolments.lifecycle import State
from training_svc.enterprises.snapshot import State as SnapshotState
from training_svc.policy.priority import PriorityGroup


class DeclaredPriority(Body):
    """A priority group (重点群体) that the trainee declares, and what it was seen by (T02, T04)."""

    group: PriorityGroup = Field(examples=["veteran"])
    evidence: Note = Field(examples=["退役军人优待证已核验"])


class NewEnrolment(Body):
    """A trainee (学员) to enrol by real name; ``enterprise_credit_code`` names a firm, if any (T03)."""

    name: Name = Field(examples=["张三丰"])
    id_number: IdNumber
    phone: Phone
    priority: DeclaredPriority | None = None
    enterprise_credit_code: CreditCodeText | None = None


class Withdrawal(Body):
    """Why a trainee leaves the class (退班原因)."""

    reason: Note = Field(examples=["工作安排冲突"])


class Transfer(Body):
    """The class of the same project that a trainee changes into (转班), and why."""

    class_id: UUID
    reason: Note = Field(examples=["改读周末班"])


class Unmasking(Body):
    """Why somebody looks at what is masked."""

    reason: Note = Field(examples=["核对重点群体身份"])


class Lookup(Body):
    """The person whose enrolments are looked for."""

    id_number: IdNumber


class ClassEnrolmentFilters(ListQuery):
    """What the list of a class's enrolments may be narrowed to, and its orders."""

    state: State | None = None
    priority_group: PriorityGroup | None = None
    sort: Literal["id", "-id", "enrolled_at", "-enrolled_at"] = "id"


class ClassEnrolmentPage(ClassEnrolmentFilters, PageQuery):
    """A page of a class's enrolments."""


class ClassEnrolmentExport(ClassEnrolmentFilters, ExportQuery):
    """A class's enrolments as a file."""


class EnrolmentFilters(ListQuery):
    """What the list of all enrolments may be narrowed to; its order is the one in which they came."""

    district: DistrictCode | None = None
    institution_id: UUID | None = None
    project_code: str | None = Field(default=None, max_length=40)
    state: State | None = None
    priority_group: PriorityGroup | None = None
    enrolled_from: Instant | None = None
    enrolled_until: Instant | None = None
    sort: Literal["id", "-id"] = "id"


class EnrolmentPage(EnrolmentFilters, PageQuery):
    """A page of all enrolments."""


class EnrolmentExport(EnrolmentFilters, ExportQuery):
    """All enrolments as a file."""


class MyEnrolmentPage(PageQuery):
    """A page of one's own enrolments: what they may be narrowed to, and their orders."""

    state: State | None = None
    project_code: str | None = Field(default=None, max_length=40)
    starts_from: date | None = None
    starts_until: date | None = None
    sort: Literal["id", "-id", "enrolled_at", "-enrolled_at", "starts_on", "-starts_on"] = "id"


class EnterpriseView(BaseModel):
    """A trainee's firm as the business registry told of it on a day (创业组织); pending while it was away."""

    credit_code: str
    as_of: date
    state: SnapshotState
    name: str | None
    registered_on: date | None
    roles: list[str] = Field(examples=[["legal_representative"]])
    shareholding_basis_points: int | None = Field(
        description="持股比例，万分之几 · in hundredths of a percent", examples=[5000]
    )


class EnrolmentView(BaseModel):
    """An enrolment, masked; the counts are there once it is completed."""

    id: UUID
    class_id: UUID
    institution_id: UUID
    project_code: str
    district: str
    name: str = Field(examples=["张*"])
    id_number: str = Field(examples=["310*************15"])
    phone: str = Field(examples=["138****0000"])
    state: State
    priority_group: PriorityGroup | None
    place_in_line: int | None = Field(description="候补顺位，1 为首位 · the place on the waiting list")
    enrolled_at: datetime
    admitted_at: datetime | None = Field(description="取得名额的时间 · when a place was theirs")
    transferred_from: UUID | None
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None
    completed_on: date | None
    sessions_attended: int | None
    sessions_held: int | None
    enterprise: EnterpriseView | None
    version: int


class ListedEnrolmentView(EnrolmentView):
    """An enrolment as lists show it."""

    class_name: str
    institution_name: str


class JudgedEnrolmentView(EnrolmentView):
    """An enrolment and what the rules of completion find: now, or on the day it was completed."""

    findings: list[FindingView]


class UnmaskedEnrolmentView(BaseModel):
    """What rests encrypted of an enrolment, for the reason that was recorded: an answer that is not kept."""

    id: UUID
    priority_evidence: str | None = Field(description="重点群体核验情况 · what the group was seen by")


class MyEnrolmentView(BaseModel):
    """An enrolment as the trainee sees it."""

    id: UUID
    class_id: UUID
    class_name: str
    institution_name: str
    project_code: str
    project_name: str
    stage: int
    district: str
    starts_on: date
    ends_on: date
    state: State
    enrolled_at: datetime
    priority_group: PriorityGroup | None
    place_in_line: int | None = Field(description="候补顺位，1 为首位 · the place on the waiting list")
    end_reason: str | None
    completed_on: date | None
    sessions_attended: int | None
    sessions_held: int | None
    version: int
