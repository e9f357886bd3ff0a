"""Classes as the API takes and shows them."""

from datetime import date, datetime
from uuid import UUID

from chuangpei.fields import Code, IdNumber, Instant, Name
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator

_ENDS_TOO_EARLY = Text("结束早于开始", "It ends before it starts")


class NewSession(Body):
    """One session (课次): when and in which room."""

    starts_at: Instant = Field(examples=["2026-03-02T09:00:00+08:00"])
    ends_at: Instant = Field(examples=["2026-03-02T17:00:00+08:00"])
    room: Name = Field(examples=["301"])

    @field_validator("ends_at")
    @classmethod
    def _ends_after_it_starts(cls, ends_at: datetime, info: ValidationInfo) -> datetime:
        starts_at = info.data.get("starts_at")
        if starts_at is not None and ends_at <= starts_at:
            raise InvalidText(_ENDS_TOO_EARLY)
        return ends_at


class NewInstructor(Body):
    """An instructor (讲师) by real name."""

    name: Name = Field(examples=["李老师"])
    id_number: IdNumber


class NewClass(Body):
    """A class (开班备案) to file; every instructor teaches every session."""

    institution_id: UUID
    project_code: Code = Field(examples=["IYB"])
    name: Name = Field(examples=["2026年第一期IYB班"])
    starts_on: date = Field(examples=["2026-03-02"])
    ends_on: date = Field(examples=["2026-03-04"])
    capacity: int = Field(ge=1, le=1_000, examples=[30])
    sessions: list[NewSession] = Field(min_length=1, max_length=200)
    instructors: list[NewInstructor] = Field(min_length=1, max_length=20)

    @field_validator("ends_on")
    @classmethod
    def _ends_after_it_starts(cls, ends_on: date, info: ValidationInfo) -> date:
        starts_on = info.data.get("starts_on")
        if starts_on is not None and ends_on < starts_on:
            raise InvalidText(_ENDS_TOO_EARLY)
        return ends_on


class SessionView(BaseModel):
    """One session of a class."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    room: str


class InstructorView(BaseModel):
    """An instructor, masked."""

    name: str = Field(examples=["李*"])
    id_number: str = Field(examples=["310*************15"])


class ClassSummary(BaseModel):
    """A class as lists show it."""

    id: UUID
    institution_id: UUID
    institution_name: str
    credit_code: str
    project_code: str
    stage: int
    standard_version: str
    district: str = Field(description="备案时冻结的机构所在区 · the district frozen when it was filed (S07)")
    name: str
    starts_on: date
    ends_on: date
    capacity: int
    enrolled: int
    version: int


class ClassView(ClassSummary):
    """A class with its sessions and instructors."""

    sessions: list[SessionView]
    instructors: list[InstructorView]
