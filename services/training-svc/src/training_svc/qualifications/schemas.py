"""Qualifications as the API takes and shows them."""

from datetime import date, datetime
from uuid import UUID

from chuangpei.fields import Code, Note
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.qualifications.lifecycle import State


class NewQualification(Body):
    """An application (资质申请) for a project by the version of the standard in force."""

    project_code: Code = Field(examples=["IYB"])
    standard_version: Code = Field(examples=["2026-1"])


class Approval(Body):
    """What the officer adds to an approval."""

    comment: Note | None = Field(default=None, examples=["场地、师资符合标准"])


class Rejection(Body):
    """Why the district rejects."""

    reason: Note = Field(examples=["教学场地面积未达到标准"])


class QualificationView(BaseModel):
    """A qualification and where it stands."""

    id: UUID
    institution_id: UUID
    credit_code: str
    project_code: str
    stage: int
    standard_version: str
    district: str
    state: State
    submitted_at: datetime
    decided_on: date | None
    reason: str | None
    version: int
