"""Enrolments as the API takes and shows them."""

from datetime import date, datetime
from uuid import UUID

from chuangpei.fields import IdNumber, Name, Phone
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field

from training_svc.enrolments.lifecycle import State


class NewEnrolment(Body):
    """A trainee (学员) to enrol by real name."""

    name: Name = Field(examples=["张三丰"])
    id_number: IdNumber
    phone: Phone


class EnrolmentView(BaseModel):
    """An enrolment, masked; the counts are there once it is completed."""

    id: UUID
    class_id: UUID
    name: str = Field(examples=["张*"])
    id_number: str = Field(examples=["310*************15"])
    phone: str = Field(examples=["138****0000"])
    state: State
    enrolled_at: datetime
    completed_on: date | None
    sessions_attended: int | None
    sessions_held: int | None
    version: int


class JudgedEnrolmentView(EnrolmentView):
    """An enrolment and what the rules of completion find: now, or on the day it was completed."""

    findings: list[FindingView]


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
    completed_on: date | None
    sessions_attended: int | None
    sessions_held: int | None
