"""Sites as the API takes and shows them."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from training_svc.periods import not_before

_NAMED_TWICE = Text("教室重名", "Two rooms have one name")
_SQUARE_METRES = "平方米 · square metres"


class Room(Body):
    """A room (教室) of a site."""

    name: Name = Field(examples=["301"])
    area_m2: int = Field(gt=0, le=100_000, description=_SQUARE_METRES, examples=[60])
    seats: int = Field(gt=0, le=10_000, examples=[40])


def _named_once(rooms: list[Room] | None) -> list[Room] | None:
    names = [room.name for room in rooms or ()]
    if len(names) != len(set(names)):
        raise InvalidText(_NAMED_TWICE)
    return rooms


class NewSite(Body):
    """A site (培训场地) of an institution."""

    address: str = Field(min_length=1, max_length=200, examples=["浦东新区示例路2号3楼"])
    district: DistrictCode
    area_m2: int = Field(gt=0, le=1_000_000, description=_SQUARE_METRES, examples=[300])
    rooms: list[Room] = Field(min_length=1, max_length=200)
    starts_on: date = Field(examples=["2026-01-01"])
    ends_on: date | None = Field(default=None, description="不填为长期 · without it, for good")

    @field_validator("rooms")
    @classmethod
    def _each_room_once(cls, rooms: list[Room]) -> list[Room] | None:
        return _named_once(rooms)

    @field_validator("ends_on")
    @classmethod
    def _ends_after_it_starts(cls, ends_on: date | None, info: ValidationInfo) -> date | None:
        return not_before(ends_on, info.data.get("starts_on"))


class SiteAmendment(Body):
    """What changed about a site, and why; what is not given stays, ``ends_on`` null means for good."""

    address: str | None = Field(default=None, min_length=1, max_length=200)
    district: DistrictCode | None = None
    area_m2: int | None = Field(default=None, gt=0, le=1_000_000, description=_SQUARE_METRES)
    rooms: list[Room] | None = Field(default=None, min_length=1, max_length=200)
    starts_on: date | None = None
    ends_on: date | None = None
    reason: Reason

    @field_validator("rooms")
    @classmethod
    def _each_room_once(cls, rooms: list[Room] | None) -> list[Room] | None:
        return _named_once(rooms)

    def changes(self) -> dict[str, Any]:
        """The fields that were given."""
        given = self.model_dump(exclude={"reason"}, exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name == "ends_on"}


class SiteFilters(ListQuery):
    """What the list of sites may be narrowed to, and its orders."""

    institution_id: UUID | None = None
    district: DistrictCode | None = None
    in_use_on: date | None = Field(default=None, description="该日在用 · in use on the day")
    least_area_m2: int | None = Field(default=None, ge=1, le=1_000_000, description=_SQUARE_METRES)
    sort: Literal["id", "-id", "area_m2", "-area_m2", "starts_on", "-starts_on"] = "id"


class SitePage(SiteFilters, PageQuery):
    """A page of the sites."""


class SiteExport(SiteFilters, ExportQuery):
    """The sites as a file."""


class RoomView(BaseModel):
    """A room of a site."""

    name: str
    area_m2: int
    seats: int


class SiteView(BaseModel):
    """A site and its rooms."""

    id: UUID
    institution_id: UUID
    institution_name: str
    credit_code: str
    address: str
    district: str
    area_m2: int
    rooms: list[RoomView]
    starts_on: date
    ends_on: date | None
    version: int
