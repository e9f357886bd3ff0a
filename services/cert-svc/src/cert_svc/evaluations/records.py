"""What is kept of each step of an evaluation (考核评价): who took it, when, and what came of it (C04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from cert_svc.policy.sittings import Sitting

Outcome = Literal["upheld", "corrected"]
"""What comes of a dispute: 维持 · 更正."""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """The person who acts (评价人员): the subject of their token and the key of their real name.

    The key is None for an account of the city centre that names nobody.
    """

    subject: str
    person_key: str | None

    def is_same_person(self, other: "Evaluator") -> bool:
        """Whether both are one person: the same account, or two accounts of one real name."""
        return self.subject == other.subject or (
            self.person_key is not None and self.person_key == other.person_key
        )


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts now: for which body, none where not in office, and whose their account is.

    ``credit_codes`` are those of the body and of the organisation the token names; ``sitting`` is the session
    that the evaluation is on, for who scores.
    """

    by: Evaluator
    body_id: UUID | None
    credit_codes: frozenset[str]
    sitting: Sitting | None = None
    for_the_centre: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100 points, by whom, and the instant (UTC) it was given or last amended.

    ``part_points`` are those of each part, None where the rubric has no parts. ``evaluated_on`` is the civil
    date (Asia/Shanghai) of the first scoring.
    """

    points: int
    part_points: Mapping[str, int] | None
    comment: str
    by: Evaluator
    at: datetime
    evaluated_on: date


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The result that stands, by whom and when (UTC) it was confirmed."""

    passed: bool
    by: Evaluator
    at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """By whose account and when (UTC) a result was published (成绩公布), and the last day to dispute it."""

    by: str
    at: datetime
    last_dispute_day: date


@dataclass(frozen=True, slots=True)
class Review:
    """What came of a dispute (复核决定): upheld, or corrected, with what stood before the correction."""

    reason: str
    by: Evaluator
    at: datetime
    before: tuple[int, Mapping[str, int] | None, bool] | None

    @property
    def outcome(self) -> Outcome:
        """维持, or 更正."""
        return "upheld" if self.before is None else "corrected"


@dataclass(frozen=True, slots=True)
class Dispute:
    """The trainee's dispute of a published result (复核申请); its grounds rest encrypted."""

    grounds_encrypted: str
    by: str
    at: datetime
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Voiding:
    """By whose account, when (UTC) and why an evaluation was voided (作废)."""

    reason_code: str
    note: str
    by: str
    at: datetime
