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
class Facts:
    """Everything known of one institution by its credit code on ``day`` (Asia/Shanghai).

    ``signals`` are the days of signals (线索) on which nothing was decided: they belong to no case, or to
    one that lapsed with its brand; ``open_grounds`` the grounds of the cases not decided yet.
    """

    credit_code: str
    day: date
    tier_applied_for: Tier
    exits: tuple[ConfirmedExit, ...] = ()
    open_grounds: tuple[ExitGround, ...] = ()
    signals: tuple[date, ...] = ()
