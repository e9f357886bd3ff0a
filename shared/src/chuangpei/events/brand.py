"""Events of brand-svc (品牌服务)."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from chuangpei.events.base import TYPE_PREFIX, Event, ExitGround


class BrandRoundOpened(Event):
    """A round of selection takes applications, and existing brands come up for assessment (B05–B07).

    Each day is the last one of its step, included; ``review_until`` is the districts'.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand_round.opened.v1"
    KEY: ClassVar[str] = "round_id"
    round_id: UUID
    name: str
    opens_on: date
    closes_on: date
    review_until: date
    deliberation_until: date
    publication_on: date


OverdueStep = Literal["opening", "closing", "review", "deliberation", "publication"]
"""The steps of a round's timetable."""


class BrandRoundOverdue(Event):
    """A day of a round's timetable passed without its step; told once for each such day (B05).

    ``districts`` are those that have not assessed and reviewed everything, where the step is ``review``.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand_round.overdue.v1"
    KEY: ClassVar[str] = "round_id"
    round_id: UUID
    step: OverdueStep
    due_on: date
    districts: tuple[str, ...]
    told_on: date


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

    ``reason``: ``not_passed``, ``absent`` or ``barred`` as its assessment came out; ``not_on_list`` where
    there was none.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand.ended.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    brand_id: UUID
    round_id: UUID
    district: str
    reason: str
    ended_on: date


class ExitCaseChanged(Event):
    """A step of an exit case was taken (退出核查进展; B11): ``state`` is where it stands since."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand.exit_case_changed.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    case_id: UUID
    district: str
    ground: ExitGround
    state: str
    changed_on: date


class ExitCaseOverdue(Event):
    """Whoever has an exit case in hand let its last day pass (逾期; B11); once for each time in hand.

    ``state`` is the one in which it waits, ``due_on`` the last day on which it should have gone on.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.brand.exit_case_overdue.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    case_id: UUID
    district: str
    ground: ExitGround
    state: str
    due_on: date
