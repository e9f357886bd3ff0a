"""The aggregate: the scoring (评分) of one subject of a round, an application or an assessment (B04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from chuangpei.kernel.refusals import Refusal

from brand_svc.named import Named
from brand_svc.policy.rubric import Rubric
from brand_svc.policy.scoring import Shares, judged_points, settled, shares_of
from brand_svc.scorings.lifecycle import NEXT, Action, State
from brand_svc.transitions import move


class SubjectKind(Named):
    """What is scored: 新增品牌申报 or 既有品牌评估."""

    APPLICATION = "application", "申报"
    ASSESSMENT = "assessment", "评估"


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one assessor: a mark for each judged indicator, and on what each rests (评分依据)."""

    assignment_id: UUID
    place: int
    marks: Mapping[str, int]
    bases: Mapping[str, str]
    comment: str
    points: int
    scored_at: datetime


@dataclass(slots=True)
class Scoring:
    """``scores`` are those that count, the earliest first; ``shares`` what they settle, with moderations."""

    OBJECT_TYPE: ClassVar[str] = "scoring"

    id: UUID
    round_id: UUID
    rubric_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    credit_code: str
    institution_name: str
    district: str
    state: State
    shares: Shares | None
    opened_at: datetime
    version: int
    scores: Sequence[Score] = ()

    def points(self, rubric: Rubric) -> int | None:
        """What the judged indicators give together; None before it is settled."""
        return None if self.shares is None else judged_points(rubric, self.shares)

    def take(self, rubric: Rubric, scores: Sequence[Score]) -> Refusal | None:
        """Weighs the scores there are now (评定): settled by two near each other, or by a third."""
        self.scores = scores
        if len(scores) < 2:
            return move(NEXT, self, Action.SCORE)
        found = settled(rubric, [shares_of(rubric, one.marks) for one in scores])
        if found is None:
            return move(NEXT, self, Action.ASK_THIRD)
        refused = move(NEXT, self, Action.SETTLE)
        if refused is None:
            self.shares = found.shares
        return refused

    def reopen(self, rubric: Rubric, left: Sequence[Score]) -> Refusal | None:
        """A score was set aside: it is open again, or settled by the scores that are left."""
        refused = move(NEXT, self, Action.REOPEN)
        if refused:
            return refused
        self.scores, self.shares = left, None
        return self.take(rubric, left) if len(left) >= 2 else None

    def moderate(self, rubric: Rubric, marks: Mapping[str, int]) -> Refusal | None:
        """The city changes settled marks (复核调整), of judged indicators only."""
        refused = move(NEXT, self, Action.MODERATE)
        if refused is None:
            assert self.shares is not None, "what is settled has shares"
            changed = {one.code: one.share_of(marks[one.code]) for one in rubric.judged if one.code in marks}
            self.shares = {**self.shares, **changed}
        return refused


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the city changed of a settled score, and why (复核调整)."""

    id: UUID
    scoring_id: UUID
    marks: Mapping[str, int]
    reason: str
    points_before: int
    points: int
    moderated_at: datetime
    moderated_by: str
