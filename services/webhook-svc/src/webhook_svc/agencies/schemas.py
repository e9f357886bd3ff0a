"""Agencies as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from chuangpei import amendments
from chuangpei.events.registry import EVENT_TYPES, TOPICS
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import AfterValidator, BaseModel, Field

from webhook_svc.agencies.lifecycle import State

EVERYTHING = "*"
_UNKNOWN_TYPE = Text("没有这种事件", "There is no such event type")
_TWICE = Text("重复", "Given twice")
KNOWN = frozenset({EVERYTHING, *EVENT_TYPES, *(f"{topic}.*" for topic in TOPICS)})
"""What may be subscribed to: every type by its name, the types of one topic, or all."""


def _known(event_type: str) -> str:
    if event_type not in KNOWN:
        raise InvalidText(_UNKNOWN_TYPE)
    return event_type


def _each_once(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise InvalidText(_TWICE)
    return values


TypeName = Annotated[str, AfterValidator(_known), Field(examples=["cn.sh.chuangpei.certificate.issued.v1"])]
TypeNames = Annotated[
    list[TypeName],
    AfterValidator(_each_once),
    Field(
        min_length=1,
        max_length=200,
        description="事件类型，或“主题.*”，或“*” · event types, <topic>.*, or *",
        examples=[["cn.sh.chuangpei.certificate.*"]],
    ),
]
Districts = Annotated[
    list[DistrictCode],
    AfterValidator(_each_once),
    Field(
        min_length=1,
        max_length=20,
        description="区，空为全部 · districts; none means all",
        examples=[["310115"]],
    ),
]


class NewAgency(Body):
    """Another public body that may subscribe, and what it is granted (授权)."""

    client_id: str = Field(
        min_length=3,
        max_length=200,
        description="客户端标识，即其令牌的 sub · the sub of its client-credentials tokens",
        examples=["sh-market-supervision"],
    )
    name: Name = Field(examples=["上海市市场监督管理局"])
    event_types: TypeNames
    districts: Districts | None = None
    full_payload: bool = Field(default=False, description="可收完整内容 · may be sent full payloads")
    most_endpoints: int = Field(default=10, ge=1, le=100)
    basis: str = Field(
        min_length=2,
        max_length=500,
        description="共享依据 · on what basis data are shared",
        examples=["数据共享协议〔2026〕8号"],
    )


class AgencyAmendment(Body):
    """What is amended of a grant, the rest staying; ``every_district`` takes the limit to districts away."""

    name: Name | None = None
    event_types: TypeNames | None = None
    districts: Districts | None = None
    every_district: Literal[True] | None = None
    full_payload: bool | None = None
    most_endpoints: int | None = Field(default=None, ge=1, le=100)
    basis: str | None = Field(default=None, min_length=2, max_length=500)
    reason: amendments.Reason

    def changes(self) -> dict[str, object]:
        """What is to be changed, by the names of the columns."""
        given = self.model_dump(exclude={"reason", "every_district"}, exclude_none=True)
        return given | ({"districts": None} if self.every_district else {})


class StepReason(Body):
    """Why a step is taken."""

    reason: str = Field(min_length=2, max_length=500, examples=["协议到期"])


class AgencyView(BaseModel):
    """An agency and what it is granted."""

    id: UUID
    client_id: str
    name: str
    event_types: list[str]
    districts: list[str] | None
    full_payload: bool
    most_endpoints: int
    basis: str
    state: State
    granted_at: datetime
    version: int


class AgencyFilters(ListQuery):
    """What the list of agencies may be narrowed to, and its orders."""

    state: State | None = None
    client_id: str | None = Field(default=None, max_length=200)
    sort: Literal["id", "-id", "name", "-name"] = "id"


class AgencyPage(AgencyFilters, PageQuery):
    """A page of the agencies."""


class AgencyExport(AgencyFilters, ExportQuery):
    """The agencies as a file."""
