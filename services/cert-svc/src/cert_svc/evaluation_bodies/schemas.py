"""Evaluation bodies as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeText, Name, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body as RequestBody
from pydantic import AfterValidator, BaseModel, Field, ValidationInfo, field_validator

from cert_svc.evaluation_bodies.body import Body
from cert_svc.evaluation_bodies.lifecycle import State

_ENDS_TOO_EARLY = Text("结束早于开始", "It ends before it starts")
_TERM = Field(examples=["2028-12-31"], description="任期最后一日 · the last day of the term")


def _sorted(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))


ProjectCodes = Annotated[
    tuple[Code, ...],
    Field(
        max_length=200,
        examples=[["CY3-IYB"]],
        description="评价范围，空为全部项目 · the projects it evaluates, none for every one",
    ),
    AfterValidator(_sorted),
]


class NewBody(RequestBody):
    """The organisation chosen to evaluate (评价机构), its scope and its term."""

    credit_code: CreditCodeText
    name: Name = Field(examples=["上海示例职业技能评价中心"])
    project_codes: ProjectCodes = ()
    first_day: date = Field(examples=["2026-01-01"])
    last_day: date = _TERM

    @field_validator("last_day")
    @classmethod
    def _ends_after_it_starts(cls, last_day: date, info: ValidationInfo) -> date:
        if (first_day := info.data.get("first_day")) is not None and last_day < first_day:
            raise InvalidText(_ENDS_TOO_EARLY)
        return last_day


class BodyAmendment(RequestBody):
    """What changed about a body, and why; what is not given stays."""

    name: Name | None = None
    project_codes: ProjectCodes | None = None
    last_day: date | None = None
    reason: Reason


class Ending(RequestBody):
    """Why a body is ended before its term (提前终止)."""

    reason: Note = Field(examples=["评价质量抽查多次不合格"])


class BodyFilters(ListQuery):
    """What the list of bodies may be narrowed to, and its orders."""

    credit_code: CreditCodeText | None = None
    state: State | None = None
    in_office_on: date | None = Field(default=None, description="该日在任 · in office on the day")
    project_code: Code | None = Field(default=None, description="评价范围内的项目 · a project in its scope")
    sort: Literal["id", "-id", "name", "-name", "first_day", "-first_day", "last_day", "-last_day"] = "id"


class BodyPage(BodyFilters, PageQuery):
    """A page of the bodies."""


class BodyExport(BodyFilters, ExportQuery):
    """The bodies as a file."""


class BodyView(BaseModel):
    """An evaluation body; ``in_office`` is whether it may evaluate today."""

    id: UUID
    credit_code: str
    name: str
    project_codes: tuple[str, ...]
    first_day: date
    last_day: date
    state: State
    in_office: bool
    chosen_at: datetime
    chosen_by: str
    ended_on: date | None
    end_reason: str | None
    version: int

    @classmethod
    def of(cls, body: Body, today: date) -> Self:
        """The view of a body on the civil day ``today``."""
        own = {name: getattr(body, name) for name in cls.model_fields if name != "in_office"}
        return cls(**own, in_office=body.is_in_office(today))
