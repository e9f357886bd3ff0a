"""Studios as the API takes and shows them."""

from datetime import date
from typing import Literal
from uuid import UUID

from chuangpei import amendments
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field


class NewStudio(Body):
    """A studio (名师工作室) that an active instructor opens with others."""

    name: Name = Field(examples=["李老师创业指导工作室"])
    field: Name = Field(examples=["数字经济创业"])
    head_id: UUID
    member_ids: list[UUID] = Field(max_length=100)
    opened_on: date = Field(examples=["2026-03-01"])


class StudioAmendment(Body):
    """What is amended of a studio, the rest staying; ``closed_on`` closes it."""

    name: Name | None = None
    field: Name | None = None
    head_id: UUID | None = None
    member_ids: list[UUID] | None = Field(default=None, max_length=100)
    opened_on: date | None = None
    closed_on: date | None = None
    reason: amendments.Reason


class StudioMember(BaseModel):
    """Somebody who works in a studio, masked."""

    instructor_id: UUID
    name: str = Field(examples=["王*"])


class StudioView(BaseModel):
    """A studio, its head and its members."""

    id: UUID
    name: str
    district: str | None = Field(description="记录的区，市级为空 · whose record it is, none for the city")
    field: str
    head_id: UUID
    head_name: str = Field(examples=["李*"])
    members: list[StudioMember]
    opened_on: date
    closed_on: date | None
    version: int


class StudioFilters(ListQuery):
    """What the list of studios may be narrowed to, and its orders."""

    district: DistrictCode | None = None
    instructor_id: UUID | None = Field(default=None, description="领办或参与者 · who heads or works in it")
    open: bool | None = Field(default=None, description="是否仍在开展 · whether it is open still")
    sort: Literal["id", "-id", "name", "-name", "opened_on", "-opened_on"] = "id"


class StudioPage(StudioFilters, PageQuery):
    """A page of the studios."""


class StudioExport(StudioFilters, ExportQuery):
    """The studios as a file."""
