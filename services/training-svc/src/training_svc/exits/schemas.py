"""Exits from the pool as the API takes and shows them."""

from datetime import date
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.exits.lifecycle import State
from training_svc.policy.instructors import ExitGround


class NewExit(Body):
    """A notice of exit (退出通知); that an appraisal was failed gives notice by itself."""

    ground: Literal[ExitGround.OVERDUE_APPRAISAL, ExitGround.MISCONDUCT, ExitGround.OWN_REQUEST] = Field(
        examples=["own_request"]
    )
    reason: Note = Field(examples=["本人申请退出"])


class Withdrawal(Body):
    """Why an exit is withdrawn."""

    reason: Note = Field(examples=["经复核不存在违规"])


class ExitView(BaseModel):
    """An exit and where it stands."""

    id: UUID
    instructor_id: UUID
    name: str = Field(examples=["李*"])
    district: str
    ground: ExitGround
    appraisal_id: UUID | None
    reason: str
    state: State
    noticed_on: date
    takes_effect_on: date
    may_return_on: date = Field(description="可再次申请之日 · the day from which one may apply again")
    withdrawn_on: date | None
    withdrawn_because: str | None
    version: int


class ExitFilters(ListQuery):
    """What the list of exits may be narrowed to, and its orders."""

    state: State | None = None
    ground: ExitGround | None = None
    instructor_id: UUID | None = None
    district: DistrictCode | None = None
    noticed_from: date | None = None
    noticed_until: date | None = None
    sort: Literal["id", "-id", "noticed_on", "-noticed_on", "takes_effect_on", "-takes_effect_on"] = "id"


class ExitPage(ExitFilters, PageQuery):
    """A page of the exits."""


class ExitExport(ExitFilters, ExportQuery):
    """The exits as a file."""
