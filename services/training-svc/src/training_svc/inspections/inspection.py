"""An inspection (督导检查) of a class, an institution or an instructor, and what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW

from training_svc.inspections.lifecycle import NEXT, Action, State
from training_svc.policy.decision import decide
from training_svc.policy.evaluation import ObjectKind
from training_svc.policy.inspection import (
    CLOSING_RULES,
    VISIT_RULES,
    ClosingFacts,
    Severity,
    VisitFacts,
)
from training_svc.problems import INSPECTION_REFUSED

_EVERY_ONE = Text("每个问题都须逐一回应", "Each finding is answered")
_DEADLINE_PAST = FieldError("/deadline", "past", Text("整改期限须晚于今天", "The deadline lies after today"))
_NOTHING_FOUND = Text("未发现问题，无需整改", "Nothing was found, so nothing is to be rectified")


@dataclass(frozen=True, slots=True)
class Found:
    """One finding (检查问题) and what the institution answered to it."""

    number: int
    severity: Severity
    text: str
    answer: str | None = None


@dataclass(slots=True)
class Inspection:
    """One inspection by an authority: a district's code, or ``city``.

    ``deadline`` is the last day of the rectification asked; ``found_by`` who recorded or amended findings and
    ``verified_by`` who verified: with a serious finding neither closes.
    """

    id: UUID
    authority: str
    object_kind: ObjectKind
    institution_id: UUID
    state: State
    version: int
    visited_on: date | None = None
    findings: tuple[Found, ...] = ()
    deadline: date | None = None
    overdue_told: bool = False
    found_by: tuple[str, ...] = field(default=())
    verified_by: str | None = None
    closed_on: date | None = None
    remark: str | None = None

    def visit(self, facts: VisitFacts) -> Refusal | None:
        """The inspectors were there (C05); refused where one has an interest or too few came."""
        following = NEXT.get((self.state, Action.VISIT))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        if refusal := decide(VISIT_RULES, facts).refusal(INSPECTION_REFUSED):
            return refusal
        self.visited_on = facts.visited_on
        self._move(following)
        return None

    def find(self, findings: Sequence[Found], by: str) -> Refusal | None:
        """What was found is recorded and from now on the institution sees it."""
        following = NEXT.get((self.state, Action.FIND))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.findings, self.found_by = tuple(findings), (by,)
        self._move(following)
        return None

    def ask(self, deadline: date, today: date) -> Refusal | None:
        """The institution is asked to put right what was found, by a day (限期整改)."""
        following = NEXT.get((self.state, Action.ASK))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        if not self.findings:
            return Refusal(NOT_ALLOWED_NOW, detail=_NOTHING_FOUND)
        return self._put_off(following, deadline, today)

    def answer(self, answers: Mapping[int, str]) -> Refusal | None:
        """The institution tells of each finding how it was put right, late or not."""
        following = NEXT.get((self.state, Action.ANSWER))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        if answers.keys() != {one.number for one in self.findings}:
            return Refusal(INVALID_INPUT, errors=(FieldError("/answers", "each_once", _EVERY_ONE),))
        self.findings = tuple(replace(one, answer=answers[one.number]) for one in self.findings)
        self._move(following)
        return None

    def verify(self, by: str) -> Refusal | None:
        """The authority found that it was put right."""
        following = NEXT.get((self.state, Action.VERIFY))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.verified_by = by
        self._move(following)
        return None

    def send_back(self, deadline: date, today: date, remark: str) -> Refusal | None:
        """It was not put right: the institution has until another day."""
        following = NEXT.get((self.state, Action.RETURN))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        if refusal := self._put_off(following, deadline, today):
            return refusal
        self.remark = remark
        return None

    def close(self, by: str, today: date, remark: str | None) -> Refusal | None:
        """Ends it (结案, C05, O03): put right what was more than minor; with a serious finding by another."""
        following = NEXT.get((self.state, Action.CLOSE))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        eyes = self.found_by + ((self.verified_by,) if self.verified_by else ())
        severities = [one.severity for one in self.findings]
        facts = ClosingFacts(severities, self.state is State.VERIFIED, by, eyes)
        if refusal := decide(CLOSING_RULES, facts).refusal(INSPECTION_REFUSED):
            return refusal
        self.closed_on, self.remark = today, remark or self.remark
        self._move(following)
        return None

    def amend(
        self, findings: Sequence[Found] | None, deadline: date | None, today: date, by: str
    ) -> Refusal | None:
        """Corrects findings that were recorded, or the deadline while it runs."""
        if self.state in (State.PLANNED, State.VISITED):
            return Refusal(NOT_ALLOWED_NOW)
        if deadline is not None and self.state is not State.RECTIFYING:
            return Refusal(NOT_ALLOWED_NOW)
        if deadline is not None and deadline <= today:
            return Refusal(INVALID_INPUT, errors=(_DEADLINE_PAST,))
        if findings is not None:
            answers = {one.number: one.answer for one in self.findings}
            self.findings = tuple(replace(one, answer=answers.get(one.number)) for one in findings)
            self.found_by = (*self.found_by, by)
        if deadline is not None:
            self.deadline, self.overdue_told = deadline, False
        self.version += 1
        return None

    def amendable(self) -> dict[str, Any]:
        """What an amendment may change, as JSON knows it."""
        return {
            "findings": [
                {"number": one.number, "severity": str(one.severity), "text": one.text}
                for one in self.findings
            ],
            "deadline": str(self.deadline) if self.deadline else None,
        }

    def _put_off(self, following: State, deadline: date, today: date) -> Refusal | None:
        if deadline <= today:
            return Refusal(INVALID_INPUT, errors=(_DEADLINE_PAST,))
        self.deadline, self.overdue_told = deadline, False
        self._move(following)
        return None

    def _move(self, following: State) -> None:
        self.state = following
        self.version += 1
