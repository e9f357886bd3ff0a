"""Endpoints as the API takes and shows them."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from webhook_svc.agencies.schemas import Districts, TypeNames
from webhook_svc.dispatch.signing import Scheme
from webhook_svc.endpoints.lifecycle import State
from webhook_svc.endpoints.secrets import Secrets


class Payload(StrEnum):
    """How much is told: ids, state and a link, or the event as it is."""

    THIN = "thin"
    FULL = "full"


class NewEndpoint(Body):
    """A receiver (接收端) that is to be told."""

    url: str = Field(max_length=2_000, examples=["https://hooks.example.gov.cn/chuangpei"])
    description: str = Field(default="", max_length=200, examples=["证书同步"])
    event_types: TypeNames
    districts: Districts | None = None
    payload: Payload = Payload.THIN
    scheme: Scheme = Field(
        default=Scheme.ED25519,
        description="签名方式 · ed25519 with a public key, or hmac with a shared secret",
    )
    in_order: bool = Field(
        default=False, description="同一对象的事件依次投递 · events of one key one after another"
    )
    most_a_second: int = Field(default=50, ge=1, le=1_000)
    most_in_flight: int = Field(default=10, ge=1, le=100)
    secrets: Secrets = Field(default_factory=Secrets)


class EndpointAmendment(Body):
    """What is changed of an endpoint, the rest staying; ``secrets`` are given as a whole."""

    url: str | None = Field(default=None, max_length=2_000)
    description: str | None = Field(default=None, max_length=200)
    event_types: TypeNames | None = None
    districts: Districts | None = None
    every_district: Literal[True] | None = None
    payload: Payload | None = None
    in_order: bool | None = None
    most_a_second: int | None = Field(default=None, ge=1, le=1_000)
    most_in_flight: int | None = Field(default=None, ge=1, le=100)
    secrets: Secrets | None = None

    def changes(self) -> dict[str, object]:
        """What is to be changed, by the names of the columns, the secrets aside."""
        given = self.model_dump(exclude={"every_district", "secrets"}, exclude_none=True)
        return given | ({"districts": None} if self.every_district else {})


class Rotation(Body):
    """For how long the old key signs along with the new one, in hours."""

    overlap_hours: int = Field(default=24, ge=0, le=24 * 30)


class EndpointView(BaseModel):
    """An endpoint, and how it has answered lately; its secrets are not shown."""

    id: UUID
    agency_id: UUID
    url: str
    description: str
    event_types: list[str]
    districts: list[str] | None
    payload: Payload
    scheme: Scheme
    in_order: bool
    most_a_second: int
    most_in_flight: int
    header_names: list[str] = Field(description="自定义请求头的名称 · names of the custom headers")
    has_oauth: bool
    has_tls: bool
    state: State
    state_reason: str | None
    failures: int = Field(description="连续失败次数 · failures in a row")
    failing_since: datetime | None
    held_until: datetime | None = Field(description="暂缓投递至 · nothing is sent until then")
    last_success_at: datetime | None
    last_failure_at: datetime | None
    created_at: datetime
    version: int


class KeyView(BaseModel):
    """A key that deliveries are signed with: a public ``whpk_…``, or a shared secret ``whsec_…``."""

    scheme: Scheme
    key: str | None = Field(
        description="whpk_ 公钥；whsec_ 共享密钥仅本单位可见 · a shared secret is for its agency alone",
        examples=["whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
    )
    made_at: datetime
    signs_until: datetime | None


class EndpointFilters(ListQuery):
    """What the list of endpoints may be narrowed to, and its orders."""

    state: State | None = None
    agency_id: UUID | None = None
    sort: Literal["id", "-id"] = "id"


class EndpointPage(EndpointFilters, PageQuery):
    """A page of the endpoints."""


class Keys(BaseModel):
    """The keys an endpoint's deliveries are signed with now, the current one first."""

    items: list[KeyView]


class TestAnswer(BaseModel):
    """What the receiver answered to a test event."""

    __test__ = False

    webhook_id: str
    status: int | None
    error: str | None
    milliseconds: int
    answer: str | None
