"""The evaluation of a completed stage-3 training (考核评价): scored, confirmed, published, disputed, void."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Finding, Problem, Refusal, failed
from chuangpei.problems import FOUR_EYES, INVALID_INPUT, NOT_ALLOWED_NOW

from cert_svc.completions.completion import Completion
from cert_svc.evaluations.lifecycle import NEXT, UNDECIDED, Action, State
from cert_svc.evaluations.records import (
    Acting,
    Confirmation,
    Dispute,
    Publication,
    Review,
    Score,
    Voiding,
)
from cert_svc.evaluations.scoring import Points, measured, unfit
from cert_svc.policy.decision import (
    decide_blind_scoring,
    decide_confirming,
    decide_retake,
    decide_scoring,
)
from cert_svc.policy.disputes import (
    DisputeFacts,
    decide_correcting,
    decide_disputing,
    decide_publishing,
    decide_reviewing,
)
from cert_svc.policy.parameters import RevocationReason
from cert_svc.policy.passing import decide_result
from cert_svc.policy.rubric import Rubric
from cert_svc.policy.rules import HandlingFacts, RetakeFacts
from cert_svc.problems import REFUSED_BY_RULE

_SCORED_IN = (State.OPEN, State.SCORED)
_BLIND_SCORED_IN = (State.OPEN, State.SECOND_WANTED, State.THIRD_WANTED)


@dataclass(slots=True)
class Evaluation:
    """One attempt of one enrolment; 1 is the first, 2 and on are retakes (补考; D12).

    ``rubric`` is frozen when it opens. ``blind_scores`` (盲评) are in the order they were given; ``score`` is
    there once they settle it, and with ``confirmation`` says what stands, also after a correction.
    ``body_id`` is the evaluation body that answers for it, from its first score on (谁评价、谁负责; C04).
    ``counts`` is whether it uses up its attempt: not once it is void without the trainee's fault.
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
    publication: Publication | None = None
    dispute: Dispute | None = None
    voiding: Voiding | None = None
    counts: bool = True

    @classmethod
    def opened(cls, completion: Completion, attempt: int, rubric: Rubric, at: datetime) -> Self:
        """A new one, waiting to be scored."""
        return cls(new_id(), completion, attempt, State.OPEN, rubric, at, 1)

    @property
    def is_undecided(self) -> bool:
        """Whether it has no result yet."""
        return self.state in UNDECIDED

    @property
    def passed(self) -> bool | None:
        """The result that stands (合格); None before there is one, and of what is void."""
        if self.confirmation is None or self.state is State.VOID:
            return None
        return self.confirmation.passed

    @property
    def result_findings(self) -> tuple[Finding, ...]:
        """Each mark against its points (C02, T05); none without a score."""
        if self.score is None:
            return ()
        return decide_result(self.rubric, self.score.points, self.score.part_points)

    def give_score(
        self,
        points: Points,
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
        if errors := unfit(self.rubric, points):
            return Refusal(INVALID_INPUT, errors=errors)
        if self.state not in (_BLIND_SCORED_IN if self.rubric.is_blind else _SCORED_IN):
            return Refusal(NOT_ALLOWED_NOW)
        decide = decide_blind_scoring if self.rubric.is_blind else decide_scoring
        if refusal := _refused(decide(self._facts(acting, certificate_stands))):
            return refusal
        earlier = self.blind_scores[0] if self.blind_scores else self.score
        evaluated_on = earlier.evaluated_on if earlier else civil_date(at)
        given = Score(*measured(self.rubric, points), comment, acting.by, at, evaluated_on)
        self.body_id = acting.body_id
        if self.rubric.is_blind:
            self._take_blind(given)
        else:
            self.score = given
            self._move(Action.SCORE)
        return None

    def confirm(
        self, acting: Acting, at: datetime, *, certificate_stands: bool, dispute_is_open: bool
    ) -> Refusal | None:
        """Confirms the score, which decides pass or fail (确认; C02, C04).

        ``dispute_is_open``: an earlier attempt of the enrolment is disputed.
        """
        if not self._may(Action.CONFIRM):
            return Refusal(NOT_ALLOWED_NOW)
        facts = self._facts(acting, certificate_stands, dispute_is_open)
        refusal = _refused(decide_confirming(facts), _second_person(facts))
        if refusal:
            return refusal
        self.confirmation = Confirmation(not failed(self.result_findings), acting.by, at)
        self._move(Action.CONFIRM)
        return None

    def publish(self, acting: Acting, at: datetime) -> Refusal | None:
        """Shows the result to the trainee, who may dispute it from then on (成绩公布; C04)."""
        if not self._may(Action.PUBLISH):
            return Refusal(NOT_ALLOWED_NOW)
        if refusal := _refused(decide_publishing(self._facts(acting))):
            return refusal
        last_day = civil_date(at) + timedelta(days=self.rubric.dispute_days)
        self.publication = Publication(acting.by.subject, at, last_day)
        self._move(Action.PUBLISH)
        return None

    def take_dispute(
        self, grounds_encrypted: str, by: str, at: datetime, *, passed_later: bool
    ) -> Refusal | None:
        """The trainee disputes the published result, once and in time (复核申请; C04).

        ``passed_later``: a later attempt of the enrolment was passed.
        """
        if not self._may(Action.DISPUTE) or self.publication is None:
            return Refusal(NOT_ALLOWED_NOW)
        facts = DisputeFacts(civil_date(at), self.publication.last_dispute_day, passed_later)
        if refusal := _refused(decide_disputing(facts)):
            return refusal
        self.dispute = Dispute(grounds_encrypted, by, at)
        self._move(Action.DISPUTE)
        return None

    def uphold(self, reason: str, acting: Acting, at: datetime) -> Refusal | None:
        """The disputed result stands (维持; C04)."""
        if not self._may(Action.UPHOLD) or self.dispute is None:
            return Refusal(NOT_ALLOWED_NOW)
        facts = self._facts(acting)
        if refusal := _refused(decide_reviewing(facts), _second_person(facts)):
            return refusal
        self.dispute = replace(self.dispute, review=Review(reason, acting.by, at, None))
        self._move(Action.UPHOLD)
        return None

    def correct(
        self, points: Points, reason: str, acting: Acting, at: datetime, *, certificate_stands: bool
    ) -> Refusal | None:
        """Other points stand in place of the disputed ones, which are kept (更正; C04)."""
        if errors := unfit(self.rubric, points):
            return Refusal(INVALID_INPUT, errors=errors)
        if not self._may(Action.CORRECT) or not (self.dispute and self.score and self.confirmation):
            return Refusal(NOT_ALLOWED_NOW)
        facts = self._facts(acting, certificate_stands)
        if refusal := _refused(decide_correcting(facts), _second_person(facts)):
            return refusal
        before = (self.score.points, self.score.part_points, self.confirmation.passed)
        whole, part_points = measured(self.rubric, points)
        if (whole, part_points) == before[:2]:
            return Refusal(NOTHING_AMENDED)
        self.dispute = replace(self.dispute, review=Review(reason, acting.by, at, before))
        self.score = replace(self.score, points=whole, part_points=part_points)
        self.confirmation = replace(self.confirmation, passed=not failed(self.result_findings))
        self._move(Action.CORRECT)
        return None

    def void(self, reason: RevocationReason, note: str, by: str, at: datetime) -> Refusal | None:
        """Takes it back, whatever came of it (作废; C04); without the trainee's fault it does not count."""
        if not self._may(Action.VOID):
            return Refusal(NOT_ALLOWED_NOW)
        self.voiding = Voiding(reason.code, note, by, at)
        self.counts = not reason.evaluated_anew
        self._move(Action.VOID)
        return None

    def anew(self, at: datetime) -> "Evaluation":
        """The same attempt, opened again in place of this one, which is void."""
        return Evaluation.opened(self.completion, self.attempt, self.rubric, at)

    def retake(
        self, at: datetime, *, certificate_stands: bool, dispute_is_open: bool
    ) -> "Evaluation | Refusal":
        """The next attempt after this one was failed (补考; D12).

        ``dispute_is_open``: this or an earlier attempt of the enrolment is disputed.
        """
        if self.passed is not False:
            return Refusal(NOT_ALLOWED_NOW)
        facts = RetakeFacts(
            attempt=self.attempt,
            completed_on=self.completion.completed_on,
            today=civil_date(at),
            retakes_allowed=self.rubric.most_retakes,
            months_allowed=self.rubric.retake_months,
            training_certificate_valid=certificate_stands,
            dispute_is_open=dispute_is_open,
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

    def _facts(
        self, acting: Acting, certificate_stands: bool = True, dispute_is_open: bool = False
    ) -> HandlingFacts:
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
            is_of_the_centre=acting.for_the_centre,
            is_confirmer=self.confirmation is not None and by.is_same_person(self.confirmation.by),
            dispute_is_open=dispute_is_open,
        )

    def _may(self, action: Action) -> bool:
        return (self.state, action) in NEXT

    def _move(self, action: Action) -> None:
        self.state = NEXT[self.state, action]
        self.version += 1


def _refused(findings: tuple[Finding, ...], problem: Problem = REFUSED_BY_RULE) -> Refusal | None:
    return Refusal(problem, findings=findings) if failed(findings) else None


def _second_person(facts: HandlingFacts) -> Problem:
    return FOUR_EYES if facts.is_scorer or facts.is_confirmer else REFUSED_BY_RULE
