"""The teacher file (教师档案, O32) as the API shows it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from training_svc.activities.schemas import Kind
from training_svc.appraisals.schemas import AppraisalView
from training_svc.exits.schemas import ExitView
from training_svc.instructors.schemas import InstructorView


class ClassTaught(BaseModel):
    """A class that the instructor taught or is to teach."""

    class_id: UUID
    name: str
    project_code: str
    stage: int
    institution_name: str
    starts_on: date
    ends_on: date
    cancelled: bool = Field(description="班级已取消 · the class was cancelled")
    sessions: int


class Achievement(BaseModel):
    """A training or contest, and what the instructor achieved in it."""

    activity_id: UUID
    kind: Kind
    name: str
    organiser: str
    begins_on: date
    ends_on: date
    hours: int | None
    result: str
    rank: int | None


class StudioOf(BaseModel):
    """A studio that the instructor heads or works in."""

    studio_id: UUID
    name: str
    field: str
    heads_it: bool
    opened_on: date
    closed_on: date | None


class TeacherFile(BaseModel):
    """Everything on record of one instructor, masked; the newest of each kind first."""

    written_on: date
    instructor: InstructorView
    classes: list[ClassTaught]
    appraisals: list[AppraisalView]
    exits: list[ExitView]
    trainings: list[Achievement]
    contests: list[Achievement]
    studios: list[StudioOf]
