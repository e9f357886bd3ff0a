"""The student file (学员档案, O32) as the API shows it."""

from datetime import date, datetime
from uuid import UUID

from chuangpei.amendments import AmendmentView
from chuangpei.web import FindingView
from pydantic import BaseModel, Field

from training_svc.enrolments.lifecycle import State
from training_svc.enrolments.schemas import EnterpriseView
from training_svc.follow_ups.schemas import MyFollowUpView
from training_svc.policy.attendance import Method
from training_svc.policy.priority import PriorityGroup


class Basics(BaseModel):
    """Whose file it is: masked, but for the person's own eyes."""

    name: str = Field(examples=["张*"])
    id_number: str = Field(examples=["310*************15"])
    phone: str = Field(examples=["138****0000"])


class CorrectionRecord(BaseModel):
    """What a correction of an attendance replaced, when and why."""

    old_present: bool
    old_method: Method
    old_recorded_at: datetime
    corrected_at: datetime
    reason: str


class SessionRecord(BaseModel):
    """A session of the class and the attendance at it; ``present`` is null where none is recorded.

    A cancelled session (课次已取消) was not held and is not counted.
    """

    starts_at: datetime
    ends_at: datetime
    room: str
    cancelled: bool
    present: bool | None
    method: Method | None
    recorded_at: datetime | None
    reason: str | None
    corrections: list[CorrectionRecord]


class ResultRecord(BaseModel):
    """What the evaluation gave (考核评价); ``void`` where a certificate was taken back for it."""

    attempts: int
    passed: bool
    evaluated_on: date | None
    void: bool
    revoked_on: date | None
    revocation_reason: str | None


class TrainingRecord(BaseModel):
    """One enrolment: class, firm and attendance, the completion with what the rules found, or the end."""

    enrolment_id: UUID
    class_name: str
    institution_name: str
    district: str
    project_code: str
    project_name: str
    stage: int
    standard_version: str
    starts_on: date
    ends_on: date
    state: State
    priority_group: PriorityGroup | None
    enrolled_at: datetime
    transferred_from_class: str | None = Field(description="转班前班级 · the class changed from")
    transferred_to_class: str | None = Field(description="转入班级 · the class changed into")
    ended_at: datetime | None = Field(description="终止时间 · when it ended before completion")
    end_reason: str | None
    enterprise: EnterpriseView | None
    completed_on: date | None
    sessions_attended: int | None
    sessions_held: int | None
    findings: list[FindingView]
    sessions: list[SessionRecord]
    amendments: list[AmendmentView]
    result: ResultRecord | None
    follow_up: MyFollowUpView | None


class StudentFile(BaseModel):
    """Everything on record of a trainee, by enrolment, as of a day."""

    written_on: date
    person: Basics
    trainings: list[TrainingRecord]
