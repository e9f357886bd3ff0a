"""The evaluation of a completed stage-3 training (考核评价): scored by one person, confirmed by another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from chuangpei.events.cert import EvaluationConfirmed
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Finding, Problem, Refusal, Text, failed
from chuangpei.problems import FOUR_EYES, INVALID_INPUT, NOT_ALLOWED_NOW

from cert_svc.completions.completion import Completion
from cert_svc.evaluations.lifecycle import NEXT, Action, State
from cert_svc.evaluations.records import Acting, Confirmation, Score
from cert_svc.policy.decision import (
    decide_blind_scoring,
    decide_confirming,
    decide_retake,
    decide_scoring,
)
from cert_svc.policy.passing import decide_result
from cert_svc.policy.rubric import Rubric
from cert_svc.policy.rules import HandlingFacts, RetakeFacts
from cert_svc.problems import REFUSED_BY_RULE

_SCORED_IN = (State.OPEN, State.SCORED)
_BLIND_SCORED_IN = (State.OPEN, State.SECOND_WANTED, State.THIRD_WANTED)
_NO_PARTS = FieldError("/parts", "no_parts", Text("该评价不分部分", "This evaluation has no parts"))
_PARTS_WANTED = FieldError(
    "/parts", "missing", Text("须按评价规范逐部分评分", "The norm wants points for each part")
)
_EACH_PART_ONCE = Text("须为评价规范的每一部分评分", "Each part of the norm has its points, and no other")


@dataclass(slots=True)
class Evaluation:
    """One attempt of one enrolment; 1 is the first, 2 and on are retakes (补考; D12).

    ``rubric`` is frozen when it opens. ``blind_scores`` (盲评) are in the order they were given; ``score`` is
    there once they settle it. ``body_id`` is the evaluation body that answers for it, from its first score on
    (谁评价、谁负责; C04).
    """

    id: UUID
    completion: Completion
    attempt: int
    state: State
    rubric: Rubric
    opened_at: datetime
    version: int
    body_id: UUID | None = None
    blind_scores: tuple[Score, ...] = ()
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

        ``points`` are of the whole, or by the code of each part where the rubric has parts (T05). Where the
        rubric wants blind scores (盲评), it is one of them, and never amended.
        """
        if errors := self._unfit(points):
            return Refusal(INVALID_INPUT, errors=errors)
        if self.state not in (_BLIND_SCORED_IN if self.rubric.is_blind else _SCORED_IN):
            return Refusal(NOT_ALLOWED_NOW)
        decide = decide_blind_scoring if self.rubric.is_blind else decide_scoring
        if refusal := _refused(decide(self._facts(acting, certificate_stands))):
            return refusal
        earlier = self.blind_scores[0] if self.blind_scores else self.score
        evaluated_on = earlier.evaluated_on if earlier else civil_date(at)
        given = Score(*self._measured(points), comment, acting.by, at, evaluated_on)
        self.body_id = acting.body_id
        if self.rubric.is_blind:
            self._take_blind(given)
        else:
            self.score = given
            self._move(Action.SCORE)
        return None

    def confirm(
        self, acting: Acting, at: datetime, *, certificate_stands: bool
    ) -> EvaluationConfirmed | Refusal:
        """Confirms the score, which decides pass or fail (确认; C02, C04)."""
        if (self.state, Action.CONFIRM) not in NEXT or self.score is None:
            return Refusal(NOT_ALLOWED_NOW)
        facts = self._facts(acting, certificate_stands)
        refusal = _refused(decide_confirming(facts), FOUR_EYES if facts.is_scorer else REFUSED_BY_RULE)
        if refusal:
            return refusal
        self.confirmation = Confirmation(not failed(self.result_findings), acting.by, at)
        self._move(Action.CONFIRM)
        return self._confirmed(self.score, self.confirmation)

    @property
    def result_findings(self) -> tuple[Finding, ...]:
        """Each mark against its points (C02, T05); none without a score."""
        if self.score is None:
            return ()
        return decide_result(self.rubric, self.score.points, self.score.part_points)

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

    def _take_blind(self, given: Score) -> None:
        """The second and the third settle it, or show that one more is wanted (T05)."""
        self.blind_scores = (*self.blind_scores, given)
        if len(self.blind_scores) == 1:
            self._move(Action.SCORE_BLIND)
            return
        settled = self.rubric.settled([one.part_points or {} for one in self.blind_scores])
        if settled is None:
            self._move(Action.DIFFER)
            return
        self.score = replace(given, points=self.rubric.whole(settled), part_points=settled, comment="")
        self._move(Action.SETTLE)

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
            is_scorer=any(by.is_same_person(one.by) for one in (self.score, *self.blind_scores) if one),
            scored_before=self.score is not None,
            training_certificate_valid=certificate_stands,
            # A third score is asked of whoever is left, also of one who was not at the session.
            sitting=None if self.state is State.THIRD_WANTED else acting.sitting,
        )

    def _move(self, action: Action) -> None:
        self.state = NEXT[self.state, action]
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
