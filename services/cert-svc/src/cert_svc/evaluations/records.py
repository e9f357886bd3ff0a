"""What is kept of each step of an evaluation (考核评价): who took it, when, and what came of it (C04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from cert_svc.policy.sittings import Sitting


@dataclass(frozen=True, slots=True)
class Evaluator:
    """The person who acts (评价人员): the subject of their token and the key of their real name."""

    subject: str
    person_key: str

    def is_same_person(self, other: "Evaluator") -> bool:
        """Whether both are one person: the same account, or two accounts of one real name."""
        return self.subject == other.subject or self.person_key == other.person_key


@dataclass(frozen=True, slots=True)
class Acting:
    """An evaluator who acts now: for which body, none where not in office, and whose their account is.

    ``credit_codes`` are those of the body and of the organisation the token names; ``sitting`` is the session
    that the evaluation is on, for who scores.
    """

    by: Evaluator
    body_id: UUID | None
    credit_codes: frozenset[str]
    sitting: Sitting | None = None


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
    """The result, by whom and when (UTC) it was confirmed."""

    passed: bool
    by: Evaluator
    at: datetime
