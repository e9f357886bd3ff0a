"""The candidates of evaluation sessions as the API takes and shows them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

_ONE_OF_BOTH = Text("须填评价或班级之一", "Give either an evaluation or a class")
_ID = "01977777-7777-7777-8777-777777777777"


class NewCandidates(Body):
    """Who is put on a session (考生): one evaluation, or every open one of a class."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"class_id": _ID}]})

    # Before the class, whose check looks at it.
    evaluation_id: UUID | None = None
    class_id: UUID | None = Field(default=None, validate_default=True)

    @field_validator("class_id")
    @classmethod
    def _one_of_both(cls, class_id: UUID | None, info: ValidationInfo) -> UUID | None:
        if "evaluation_id" in info.data and (class_id is None) == (info.data["evaluation_id"] is None):
            raise InvalidText(_ONE_OF_BOTH)
        return class_id


class TakingOff(Body):
    """Why a candidate is taken off a session (撤下)."""

    reason: Note = Field(examples=["考生申请改期"])


class CandidateFilters(ListQuery):
    """What the candidates of a session may be narrowed to."""

    class_id: UUID | None = Field(default=None, description="班级 · class")
    present: bool | None = Field(default=None, description="是否到场 · whether they came")
    removed: bool | None = Field(default=None, description="是否已撤下 · whether taken off")


class CandidatePage(CandidateFilters, PageQuery):
    """A page of the candidates."""


class CandidateExport(CandidateFilters, ExportQuery):
    """The candidates as a file."""


class CandidateView(BaseModel):
    """A candidate (考生) of a session, the name masked; ``present`` is null until it is recorded."""

    id: UUID
    session_id: UUID
    evaluation_id: UUID
    enrolment_id: UUID
    class_id: UUID
    trainee: str = Field(examples=["张*"])
    institution_name: str
    scored: bool
    added_at: datetime
    removed_at: datetime | None
    remove_reason: str | None
    present: bool | None
    presence_note: str | None
    version: int

    @classmethod
    def of(cls, row: Row) -> Self:
        """The view of a row of the list."""
        shown = {"trainee": row["masked_name"], **row}
        return cls(**{name: shown[name] for name in cls.model_fields})


class NotSeated(BaseModel):
    """An evaluation of the class that was not put on the session, with every reason."""

    evaluation_id: UUID
    trainee: str = Field(examples=["张*"])
    findings: list[FindingView]


class SeatingView(BaseModel):
    """Who was put on the session, and who was not and why."""

    candidates: list[CandidateView]
    refused: list[NotSeated]
