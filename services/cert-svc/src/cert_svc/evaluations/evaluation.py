"""The evaluation of a completed stage-3 training (考核评价): scored by one person, confirmed by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from chuangpei.events.cert import EvaluationConfirmed
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Finding, Problem, Refusal, Text, failed
from chuangpei.problems import FOUR_EYES, INVALID_INPUT, NOT_ALLOWED_NOW

from cert_svc.completions.completion import Completion
from cert_svc.evaluations.lifecycle import NEXT, Action, State
from cert_svc.policy.decision import decide_confirming, decide_retake, decide_scoring, has_passed
from cert_svc.policy.rubric import Rubric
from cert_svc.policy.rules import HandlingFacts, RetakeFacts
from cert_svc.problems import REFUSED_BY_RULE

_NO_PARTS = FieldError("/parts", "no_parts", Text("该评价不分部分", "This evaluation has no parts"))
_PARTS_WANTED = FieldError(
    "/parts", "missing", Text("须按评价规范逐部分评分", "The norm wants points for each part")
)
_EACH_PART_ONCE = Text("须为评价规范的每一部分评分", "Each part of the norm has its points, and no other")


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

    ``credit_codes`` are those of the body and of the organisation the token names.
    """

    by: Evaluator
    body_id: UUID | None
    credit_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100 points, by whom, and the instant (UTC) it was given or last amended.

    ``part_points`` are those of each part, None where the rubric has no parts.
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


@dataclass(slots=True)
class Evaluation:
    """One attempt of one enrolment; 1 is the first, 2 and on are retakes (补考; D12).

    ``rubric`` is frozen when it opens. ``evaluated_on`` of its score is the civil date (Asia/Shanghai) of
    the first scoring: an amendment does not move it. ``body_id`` is the evaluation body that answers for it,
    from its first score on (谁评价、谁负责; C04).
    """

    id: UUID
    completion: Completion
    attempt: int
    state: State
    rubric: Rubric
    opened_at: datetime
    version: int
    body_id: UUID | None = None
    score: Score | None = None
    confirmation: Confirmation | None = None

    @classmethod
    def opened(cls, completion: Completion, attempt: int, rubric: Rubric, at: datetime) -> Self:
        """A new one, waiting to be scored."""
        return cls(new_id(), completion, attempt, State.OPEN, rubric, at, 1)

    def give_score(
        self,
        points: int | Mapping[str, int],
        comment: str,
        acting: Acting,
        at: datetime,
        *,
        certificate_stands: bool,
    ) -> Refusal | None:
        """Scores it, or amends the score while nobody has confirmed it (评分; C02, C04).

        ``points`` are of the whole, or by the code of each part where the rubric has parts (T05).
        """
        if errors := self._unfit(points):
            return Refusal(INVALID_INPUT, errors=errors)
        after = NEXT.get((self.state, Action.SCORE))
        if after is None:
            return Refusal(NOT_ALLOWED_NOW)
        refusal = _refused(decide_scoring(self._facts(acting, certificate_stands)))
        if refusal:
            return refusal
        whole, part_points = self._measured(points)
        evaluated_on = self.score.evaluated_on if self.score else civil_date(at)
        self.score = Score(whole, part_points, comment, acting.by, at, evaluated_on)
        self.body_id = acting.body_id
        self._moved(after)
        return None

    def confirm(
        self, acting: Acting, at: datetime, *, certificate_stands: bool
    ) -> EvaluationConfirmed | Refusal:
        """Confirms the score, which decides pass or fail (确认; C02, C04)."""
        after = NEXT.get((self.state, Action.CONFIRM))
        if after is None or self.score is None:
            return Refusal(NOT_ALLOWED_NOW)
        facts = self._facts(acting, certificate_stands)
        refusal = _refused(decide_confirming(facts), FOUR_EYES if facts.is_scorer else REFUSED_BY_RULE)
        if refusal:
            return refusal
        self.confirmation = Confirmation(has_passed(self.score.points, self.rubric.pass_mark), acting.by, at)
        self._moved(after)
        return self._confirmed(self.score, self.confirmation)

    def retake(self, at: datetime, *, certificate_stands: bool) -> "Evaluation | Refusal":
        """The next attempt after this one was failed (补考; D12)."""
        if self.confirmation is None or self.confirmation.passed:
            return Refusal(NOT_ALLOWED_NOW)
        facts = RetakeFacts(
            attempt=self.attempt,
            completed_on=self.completion.completed_on,
            today=civil_date(at),
            retakes_allowed=self.rubric.most_retakes,
            months_allowed=self.rubric.retake_months,
            training_certificate_valid=certificate_stands,
        )
        refusal = _refused(decide_retake(facts))
        return refusal or Evaluation.opened(self.completion, self.attempt + 1, self.rubric, at)

    def _unfit(self, points: int | Mapping[str, int]) -> tuple[FieldError, ...]:
        if not self.rubric.parts:
            return () if isinstance(points, int) else (_NO_PARTS,)
        if isinstance(points, int):
            return (_PARTS_WANTED,)
        wanted = {one.code for one in self.rubric.parts}
        return tuple(
            FieldError(f"/parts/{code}", "missing" if code in wanted else "unknown_part", _EACH_PART_ONCE)
            for code in sorted(wanted ^ points.keys())
        )

    def _measured(self, points: int | Mapping[str, int]) -> tuple[int, Mapping[str, int] | None]:
        if isinstance(points, int):
            return points, None
        return self.rubric.whole(points), points

    def _facts(self, acting: Acting, certificate_stands: bool) -> HandlingFacts:
        by = acting.by
        return HandlingFacts(
            is_in_office=acting.body_id is not None,
            is_of_answering_body=None in (self.body_id, acting.body_id) or self.body_id == acting.body_id,
            is_of_the_institution=self.completion.institution.credit_code in acting.credit_codes,
            is_trainee=by.person_key == self.completion.person.person_key,
            taught_the_class=by.person_key in self.completion.instructor_keys,
            is_scorer=self.score is not None and by.is_same_person(self.score.by),
            scored_before=self.score is not None,
            training_certificate_valid=certificate_stands,
        )

    def _moved(self, after: State) -> None:
        self.state = after
        self.version += 1

    def _confirmed(self, score: Score, confirmation: Confirmation) -> EvaluationConfirmed:
        completion = self.completion
        return EvaluationConfirmed(
            evaluation_id=self.id,
            enrolment_id=completion.enrolment_id,
            class_id=completion.class_id,
            institution=completion.institution,
            project=completion.project,
            person_key=completion.person.person_key,
            passed=confirmation.passed,
            score=score.points,
            pass_mark=self.rubric.pass_mark,
            evaluated_on=score.evaluated_on,
        )


def _refused(findings: tuple[Finding, ...], problem: Problem = REFUSED_BY_RULE) -> Refusal | None:
    return Refusal(problem, findings=findings) if failed(findings) else None
