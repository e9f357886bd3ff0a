"""Confirmation jobs as the API takes and shows them."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from cert_svc.confirmations.job import Job, Outcome
from cert_svc.confirmations.lifecycle import State

_ONE_OF_BOTH = Text("须填班级或场次之一", "Give either a class or a session")


class NewConfirmation(Body):
    """Whose scored evaluations are confirmed (批量确认): those of a class, or of a session."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"class_id": "01977777-7777-7777-8777-777777777777"}]}
    )

    # Before the session, whose check looks at it.
    class_id: UUID | None = Field(default=None, description="班级 · class")
    session_id: UUID | None = Field(
        default=None, validate_default=True, description="评价场次 · evaluation session"
    )

    @field_validator("session_id")
    @classmethod
    def _one_of_both(cls, session_id: UUID | None, info: ValidationInfo) -> UUID | None:
        if "class_id" in info.data and (session_id is None) == (info.data["class_id"] is None):
            raise InvalidText(_ONE_OF_BOTH)
        return session_id


class ConfirmationFilters(ListQuery):
    """What the list of jobs may be narrowed to, and its orders."""

    class_id: UUID | None = Field(default=None, description="班级 · class")
    session_id: UUID | None = Field(default=None, description="评价场次 · evaluation session")
    state: State | None = None
    sort: Literal["id", "-id", "asked_at", "-asked_at"] = "id"


class ConfirmationPage(ConfirmationFilters, PageQuery):
    """A page of the jobs."""


class ConfirmationExport(ConfirmationFilters, ExportQuery):
    """The jobs as a file."""


class LineFilters(ListQuery):
    """What the evaluations of a job may be narrowed to."""

    outcome: Outcome | None = Field(default=None, description="结果 · outcome")


class LinePage(LineFilters, PageQuery):
    """A page of the evaluations of a job."""


class LineExport(LineFilters, ExportQuery):
    """The evaluations of a job as a file."""


class ConfirmationView(BaseModel):
    """A job and its progress: of ``total`` evaluations ``done`` had their turn."""

    id: UUID
    class_id: UUID | None
    session_id: UUID | None
    state: State
    asked_at: datetime
    asked_by: str
    finished_at: datetime | None
    total: int
    done: int
    confirmed: int
    refused: int
    version: int

    @classmethod
    def of(cls, job: Job) -> Self:
        """The view of a job."""
        return cls(**{name: getattr(job, name) for name in cls.model_fields})


class RefusalView(BaseModel):
    """Why an evaluation of the job was not confirmed, with every rule that failed."""

    code: str = Field(examples=["four_eyes"])
    zh: str
    en: str
    findings: list[FindingView]


class LineView(BaseModel):
    """What became of one evaluation of a job; ``passed`` and the certificate are of the evaluation now."""

    id: UUID
    evaluation_id: UUID
    trainee: str = Field(examples=["张*"])
    outcome: Outcome
    at: datetime | None
    passed: bool | None
    certificate_number: str | None
    refusal: RefusalView | None

    @classmethod
    def of(cls, row: Row) -> Self:
        """The view of a row of the list."""
        shown = {"trainee": row["masked_name"], **row}
        return cls(**{name: shown[name] for name in cls.model_fields})
