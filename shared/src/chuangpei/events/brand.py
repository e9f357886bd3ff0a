"""Events of brand-svc (品牌服务)."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from chuangpei.events.base import TYPE_PREFIX, Event, ExitGround


class BrandRoundPublished(Event):
    """The city bureau published the list of a round (公布名单; B08, B09)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand_round.published.v1"
    KEY: ClassVar[str] = "round_id"
    round_id: UUID
    name: str
    published_on: date
    recognised: int


class BrandRecognised(Event):
    """An institution holds a quality brand (培训优质品牌) from the list's publication (B08, B09)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand.recognised.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    brand_id: UUID
    round_id: UUID
    institution_name: str
    district: str
    tier: Literal["city", "district"]
    recognised_on: date


class ExitCaseOpened(Event):
    """A signal opened an exit case (退出核查) on one of the grounds X1 to X5 (B11, D09)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand.exit_case_opened.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    brand_id: UUID
    case_id: UUID
    district: str
    ground: ExitGround
    opened_on: date


class BrandRevoked(Event):
    """The city bureau revoked the brand (撤销品牌认定; B12, D07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand.revoked.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    brand_id: UUID
    case_id: UUID
    district: str
    ground: ExitGround
    revoked_on: date
    may_apply_again_on: date


class BrandEnded(Event):
    """A brand ended as a new list was published without it (终止; B06, D08); there is no ban.

    ``reason``: ``not_on_list``, or what the assessment said where there was one.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand.ended.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    brand_id: UUID
    round_id: UUID
    district: str
    reason: str
    ended_on: date
