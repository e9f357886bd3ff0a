"""An excellent course (精品课程): what a developer submits, and what the city centre makes of it (T09)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.events.base import ProjectRef
from chuangpei.events.training import CourseRecognised, CourseRestored, CourseRetired
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import FOUR_EYES, NOT_ALLOWED_NOW

from training_svc.courses.lifecycle import GRANTED, NEXT, Action, State
from training_svc.policy.courses import ADMISSION_RULES, AMENDMENT_RULES, RECOGNITION_RULES, CourseFacts
from training_svc.policy.decision import decide
from training_svc.problems import COURSE_REFUSED


@dataclass(slots=True)
class Assessment:
    """One assessor's score, 0 to 100, and opinion (评估意见) on a course."""

    id: UUID
    course_id: UUID
    score: int
    opinion: str
    assessed_at: datetime
    assessed_by: str
    assessed_by_person: str | None
    version: int

    def is_by(self, principal: Principal) -> bool:
        """Whether it is this person's: by account and, where both are known, by real name."""
        same_person = principal.person_key is not None and principal.person_key == self.assessed_by_person
        return same_person or principal.subject == self.assessed_by

    def amend(self, changes: Mapping[str, Any]) -> None:
        """Corrects the score or the opinion."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1


@dataclass(slots=True)
class Course:
    """A course and where it stands; ``district`` and the limit of the standard are those of its submission.

    ``grant_fen`` is there from the recognition on, 0 where none is given; ``findings`` say why it was
    rejected.
    """

    id: UUID
    institution_id: UUID
    credit_code: str
    institution_name: str
    district: str
    project_code: str
    project_name: str
    stage: int
    standard_version: str | None
    max_online_percent: int | None
    name: str
    summary: str
    hours: int
    online_percent: int
    state: State
    submitted_at: datetime
    submitted_on: date
    version: int
    grant_fen: int | None = None
    findings: tuple[str, ...] = ()
    decided_at: datetime | None = None
    decided_on: date | None = None
    decided_by: str | None = None
    decided_by_person: str | None = None
    admitted_on: date | None = None
    retired_on: date | None = None
    retirement_reason: str | None = None

    def assess(self) -> Refusal | None:
        """One more assessor gave a score, while nobody has decided."""
        return self._move(Action.ASSESS)

    def recognise(
        self,
        by: Principal,
        at: datetime,
        grant_fen: int,
        assessments: Iterable[Assessment],
        facts: CourseFacts,
    ) -> CourseRecognised | Refusal:
        """Somebody who did not assess recognises the course with its grant (评估认定)."""
        refusal = self._decide(Action.RECOGNISE, by, at, assessments, facts)
        if refusal:
            return refusal
        self.grant_fen = grant_fen
        project = {"code": self.project_code, "name": self.project_name, "stage": self.stage}
        return CourseRecognised(
            course_id=self.id,
            credit_code=self.credit_code,
            institution_id=self.institution_id,
            name=self.name,
            project=ProjectRef.model_validate(project),
            grant_fen=grant_fen,
            recognised_on=civil_date(at),
        )

    def reject(
        self, by: Principal, at: datetime, findings: Iterable[str], assessments: Iterable[Assessment]
    ) -> Refusal | None:
        """Somebody who did not assess rejects it, saying what was found; it may be submitted again."""
        refusal = self._decide(Action.REJECT, by, at, assessments)
        if refusal is None:
            self.findings = tuple(findings)
        return refusal

    def admit(self, on: date, facts: CourseFacts) -> Refusal | None:
        """It joins the city's course system (纳入课程体系) once a material of it is released."""
        refusal = decide(ADMISSION_RULES, facts).refusal(COURSE_REFUSED)
        if (self.state, Action.ADMIT) in NEXT and refusal:
            return refusal
        refusal = self._move(Action.ADMIT)
        if refusal is None:
            self.admitted_on = on
        return refusal

    def retire(self, on: date, reason: str) -> CourseRetired | Refusal:
        """It leaves the system (退出); its grant and its materials stay on record."""
        refusal = self._move(Action.RETIRE)
        if refusal:
            return refusal
        self.retired_on, self.retirement_reason = on, reason
        return self._retired()

    def amend(
        self,
        by: Principal,
        changes: Mapping[str, Any],
        assessments: Iterable[Assessment],
        facts: CourseFacts,
        restored_on: date | None = None,
    ) -> CourseRestored | CourseRetired | Refusal | None:
        """Corrects what was recognised; the grant keeps within the cap of the day of recognition.

        A retirement is corrected in its day or reason, or taken back on ``restored_on``; either is told.
        """
        if self.state not in GRANTED:
            return Refusal(NOT_ALLOWED_NOW)
        if any(one.is_by(by) for one in assessments):
            return Refusal(FOUR_EYES)
        if refusal := decide(AMENDMENT_RULES, facts).refusal(COURSE_REFUSED):
            return refusal
        retired_on = self.retired_on
        if restored_on and (refusal := self._restore()):
            return refusal
        if self.state is not State.RETIRED and changes.keys() & {"retired_on", "retirement_reason"}:
            return Refusal(NOT_ALLOWED_NOW)
        for name, value in changes.items():
            setattr(self, name, value)
        if restored_on:
            return CourseRestored(course_id=self.id, credit_code=self.credit_code, restored_on=restored_on)
        self.version += 1
        return self._retired() if self.retired_on != retired_on else None

    def described(self) -> dict[str, Any]:
        """What may be amended, as its history keeps it."""
        return {
            "name": self.name,
            "summary": self.summary,
            "hours": self.hours,
            "online_percent": self.online_percent,
            "grant_fen": self.grant_fen,
            "state": self.state,
            "retired_on": self.retired_on and self.retired_on.isoformat(),
            "retirement_reason": self.retirement_reason,
        }

    def _restore(self) -> Refusal | None:
        refusal = self._move(Action.RESTORE_TO_SYSTEM if self.admitted_on else Action.RESTORE)
        if refusal is None:
            self.retired_on, self.retirement_reason = None, None
        return refusal

    def _retired(self) -> CourseRetired:
        assert self.retired_on is not None, "what is retired has its day"
        return CourseRetired(course_id=self.id, credit_code=self.credit_code, retired_on=self.retired_on)

    def _decide(
        self,
        action: Action,
        by: Principal,
        at: datetime,
        assessments: Iterable[Assessment],
        facts: CourseFacts | None = None,
    ) -> Refusal | None:
        if (self.state, action) not in NEXT:
            return Refusal(NOT_ALLOWED_NOW)
        if any(one.is_by(by) for one in assessments):
            return Refusal(FOUR_EYES)
        if facts and (refusal := decide(RECOGNITION_RULES, facts).refusal(COURSE_REFUSED)):
            return refusal
        self.decided_by, self.decided_by_person = by.subject, by.person_key
        self.decided_at, self.decided_on = at, civil_date(at)
        return self._move(action)

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = following
        self.version += 1
        return None
