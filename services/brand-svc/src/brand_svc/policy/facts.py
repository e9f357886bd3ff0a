"""What the rules look at: the standing of one institution on one day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

ExitGround = Literal["X1", "X2", "X3", "X4", "X5"]
"""The grounds of an exit (退出情形), as the certificate service's events name them (B11)."""


class Tier(StrEnum):
    """The two tiers of a brand (品牌层级): 市级 and 区级 (B03)."""

    CITY = "city"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class ConfirmedExit:
    """A revocation (撤销) that the city bureau decided: its ground, its day, and how long its ban runs."""

    ground: ExitGround
    revoked_on: date
    may_apply_again_on: date


@dataclass(frozen=True, slots=True)
class Sanction:
    """A penalty (行政处罚) or a listing as dishonest (失信名单) that had begun, as training-svc tells it.

    ``exit_ground`` is X3 for those that stop the institution and for listings. Without ``ends_on`` it holds
    until it is lifted; ``lifted_on`` is set also where it should never have been recorded.
    """

    kind: str
    exit_ground: ExitGround | None
    document_number: str
    starts_on: date
    ends_on: date | None
    lifted_on: date | None

    def in_force_on(self, day: date) -> bool:
        """Whether it holds on the day: begun, not over, not lifted."""
        return (
            self.lifted_on is None and self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        )


@dataclass(frozen=True, slots=True)
class Idleness:
    """No class since ``inactive_since`` for longer than training-svc's law allows (长期未开展培训).

    ``full_time_instructors`` is None where it is not known.
    """

    inactive_since: date
    has_site: bool
    full_time_instructors: int | None

    @property
    def without_all(self) -> bool:
        """X4: no fixed site, no full-time teachers **and** long without training; unknown is not none."""
        return not self.has_site and self.full_time_instructors == 0


@dataclass(frozen=True, slots=True)
class Body:
    """What an institution is (培育对象; B01): its kind as training-svc names it, and whether it is closed.

    ``approved`` is whether a district's approval of its conditions (培训资质) is in force.
    """

    kind: str
    closed_on: date | None
    approved: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one institution by its credit code on ``day`` (Asia/Shanghai).

    ``signals`` are the days of signals (线索) on which nothing was decided: they belong to no case, or to
    one that lapsed with its brand; ``open_grounds`` the grounds of the cases not decided yet. ``sanctions``
    are those that had begun by the day; ``idle`` says that it has held no class for long, ``holds_brand``
    whether a brand is in force, ``body`` what it is.
    """

    credit_code: str
    day: date
    tier_applied_for: Tier
    exits: tuple[ConfirmedExit, ...] = ()
    open_grounds: tuple[ExitGround, ...] = ()
    signals: tuple[date, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    idle: Idleness | None = None
    holds_brand: bool = False
    body: Body | None = None
