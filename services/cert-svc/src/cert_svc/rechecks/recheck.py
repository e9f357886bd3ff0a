"""A re-check (抽查复核): an evaluation that was drawn, measured once more by somebody who sees no score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.kernel.refusals import Finding, Refusal, failed
from chuangpei.problems import FOUR_EYES, NOT_ALLOWED_NOW

from cert_svc.people import StoredPerson
from cert_svc.policy.rechecks import ComparisonFacts, decide_agreement
from cert_svc.rechecks.lifecycle import NEXT, Action, State


@dataclass(frozen=True, slots=True)
class Check:
    """Points of 0 to 100 given without sight of the score, whether they pass, by whom and when (UTC)."""

    points: int
    part_points: Mapping[str, int] | None
    comment: str
    passed: bool
    agrees: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """What the district concludes (复核意见), by whom and when (UTC)."""

    conclusion: str
    by: str
    at: datetime


@dataclass(slots=True)
class Recheck:
    """One evaluation that was drawn; what it came to is frozen with the draw.

    ``most_difference`` is by how many points a check may differ and still agree. ``checker`` is the officer
    or expert it is given to, by real name.
    """

    id: UUID
    draw_id: UUID
    evaluation_id: UUID
    district: str
    body_id: UUID | None
    evaluated_on: date
    original_points: int
    original_passed: bool
    most_difference: int
    state: State
    version: int
    checker: StoredPerson | None = None
    check: Check | None = None
    closing: Closing | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Whether the check agrees, rule by rule; none before there is one."""
        return () if self.check is None else self._compared(self.check.points, self.check.passed)

    def assign(self, checker: StoredPerson) -> Refusal | None:
        """Gives it to an officer or expert, or to another one before it is checked (分派)."""
        if refusal := self._move(Action.ASSIGN):
            return refusal
        self.checker = checker
        return None

    def take_check(
        self,
        points: int,
        part_points: Mapping[str, int] | None,
        comment: str,
        *,
        passed: bool,
        by: str,
        at: datetime,
    ) -> Refusal | None:
        """Takes the points, which are compared with the evaluation's now (复核; C05)."""
        if refusal := self._move(Action.CHECK):
            return refusal
        agrees = not failed(self._compared(points, passed))
        self.check = Check(points, part_points, comment, passed, agrees, by, at)
        return None

    def close(self, conclusion: str, by: str, at: datetime) -> Refusal | None:
        """The district concludes, by another person than the checker (办结; C05)."""
        if self.check is not None and self.check.by == by:
            return Refusal(FOUR_EYES)
        if refusal := self._move(Action.CLOSE):
            return refusal
        self.closing = Closing(conclusion, by, at)
        return None

    def amend(self, conclusion: str) -> Refusal | None:
        """Changes the conclusion of one that is closed; points and outcome stay."""
        if self.closing is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.closing = Closing(conclusion, self.closing.by, self.closing.at)
        self.version += 1
        return None

    def _compared(self, points: int, passed: bool) -> tuple[Finding, ...]:
        return decide_agreement(
            ComparisonFacts(
                original_points=self.original_points,
                points=points,
                original_passed=self.original_passed,
                passed=passed,
                most_difference=self.most_difference,
            )
        )

    def _move(self, action: Action) -> Refusal | None:
        after = NEXT.get((self.state, action))
        if after is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = after
        self.version += 1
        return None
