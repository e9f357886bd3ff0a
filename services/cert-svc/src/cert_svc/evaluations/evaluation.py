"""The evaluation of a completed stage-3 training (考核评价): scored by one person, confirmed by another."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from chuangpei.events.cert import EvaluationConfirmed
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Finding, Problem, Refusal, failed
from chuangpei.problems import FOUR_EYES, NOT_ALLOWED_NOW

from cert_svc.completions.completion import Completion
from cert_svc.evaluations.lifecycle import NEXT, Action, State
from cert_svc.policy.decision import decide_confirming, decide_retake, decide_scoring, has_passed
from cert_svc.policy.parameters import Parameters
from cert_svc.policy.rules import HandlingFacts, RetakeFacts
from cert_svc.problems import REFUSED_BY_RULE


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
    """0 to 100 points, by whom, and the instant (UTC) it was given or last amended."""

    points: int
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

    ``pass_mark`` is frozen when it opens. ``evaluated_on`` of its score is the civil date (Asia/Shanghai) of
    the first scoring: an amendment does not move it. ``body_id`` is the evaluation body that answers for it,
    from its first score on (谁评价、谁负责; C04).
    """

    id: UUID
    completion: Completion
    attempt: int
    state: State
    pass_mark: int
    opened_at: datetime
    version: int
    body_id: UUID | None = None
    score: Score | None = None
    confirmation: Confirmation | None = None

    @classmethod
    def opened(cls, completion: Completion, attempt: int, pass_mark: int, at: datetime) -> Self:
        """A new one, waiting to be scored."""
        return cls(new_id(), completion, attempt, State.OPEN, pass_mark, at, 1)

    def give_score(
        self, points: int, comment: str, acting: Acting, at: datetime, *, certificate_stands: bool
    ) -> Refusal | None:
        """Scores it, or amends the score while nobody has confirmed it (评分; C02, C04)."""
        after = NEXT.get((self.state, Action.SCORE))
        if after is None:
            return Refusal(NOT_ALLOWED_NOW)
        refusal = _refused(decide_scoring(self._facts(acting, certificate_stands)))
        if refusal:
            return refusal
        evaluated_on = self.score.evaluated_on if self.score else civil_date(at)
        self.score = Score(points, comment, acting.by, at, evaluated_on)
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
        self.confirmation = Confirmation(has_passed(self.score.points, self.pass_mark), acting.by, at)
        self._moved(after)
        return self._confirmed(self.score, self.confirmation)

    def retake(
        self, parameters: Parameters, at: datetime, *, certificate_stands: bool
    ) -> "Evaluation | Refusal":
        """The next attempt after this one was failed (补考; D12)."""
        if self.confirmation is None or self.confirmation.passed:
            return Refusal(NOT_ALLOWED_NOW)
        facts = RetakeFacts(
            attempt=self.attempt,
            completed_on=self.completion.completed_on,
            today=civil_date(at),
            retakes_allowed=parameters.retakes,
            months_allowed=parameters.retake_months,
            training_certificate_valid=certificate_stands,
        )
        refusal = _refused(decide_retake(facts))
        return refusal or Evaluation.opened(self.completion, self.attempt + 1, self.pass_mark, at)

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
            pass_mark=self.pass_mark,
            evaluated_on=score.evaluated_on,
        )


def _refused(findings: tuple[Finding, ...], problem: Problem = REFUSED_BY_RULE) -> Refusal | None:
    return Refusal(problem, findings=findings) if failed(findings) else None
