"""The rules of the instructor pool (师资库, T10): who may apply, be vetted, teach, and stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.facts import ClassFacts, InstructorFacts
from training_svc.policy.findings import Rule, finding


class ExitGround(StrEnum):
    """Why somebody leaves the pool: 考核不合格, 逾期未考核, 违规, 本人申请."""

    FAILED_APPRAISAL = "failed_appraisal"
    OVERDUE_APPRAISAL = "overdue_appraisal"
    MISCONDUCT = "misconduct"
    OWN_REQUEST = "own_request"


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """Somebody who left the pool and applies anew ``today``; ``may_return_on`` is None for all others."""

    may_return_on: date | None
    today: date


@dataclass(frozen=True, slots=True)
class VettingFacts:
    """The certificates held, each with its first and (unless it has none) last day, on the day of vetting."""

    certificates: tuple[tuple[date, date | None], ...]
    today: date


@dataclass(frozen=True, slots=True)
class AppraisalFacts:
    """The points given for each part of an appraisal, and the pass mark of its day."""

    scores: Mapping[str, int]
    pass_mark: int


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """A notice of exit on a ground; ``overdue_after`` is the last day of the grace of the appraisal due."""

    ground: ExitGround
    overdue_after: date | None
    today: date


def bar_is_over(facts: ReturnFacts) -> Finding | None:
    """T10: who left the pool may apply anew from the day named at the exit (再次入库)."""
    if facts.may_return_on is None:
        return None
    text = Text("退出师资库后须待期满方可再次申请", "Who left the pool applies anew once the bar is over")
    return finding("T10", facts.today >= facts.may_return_on, facts.today, f"≥ {facts.may_return_on}", text)


def holds_a_valid_certificate(facts: VettingFacts) -> Finding:
    """T10 资格审核: who is vetted holds at least one teaching certificate that is valid that day."""
    valid = [
        first
        for first, last in facts.certificates
        if first <= facts.today and (last is None or facts.today <= last)
    ]
    text = Text("须持有有效的师资证书", "An instructor holds a certificate that is valid")
    return finding("T10", bool(valid), len(valid), "≥ 1", text)


def score_reaches_the_pass_mark(facts: AppraisalFacts) -> Finding:
    """T10 定期考核: the points of all parts together reach the pass mark."""
    total = sum(facts.scores.values())
    text = Text("考核总分应达到合格线", "The points together reach the pass mark")
    return finding("T10", total >= facts.pass_mark, total, f"≥ {facts.pass_mark}", text)


def appraisal_is_overdue(facts: NoticeFacts) -> Finding | None:
    """T10 及时退出: who leaves for an overdue appraisal is past the day it was due and the grace after it."""
    if facts.ground is not ExitGround.OVERDUE_APPRAISAL:
        return None
    text = Text("考核宽限期未过", "The grace of the appraisal is not over")
    overdue = facts.overdue_after is not None and facts.today > facts.overdue_after
    return finding("T10", overdue, facts.today, f"> {facts.overdue_after or '—'}", text)


def instructors_stand_in_the_pool(facts: ClassFacts) -> Finding | None:
    """T10: who teaches is active in the pool on all days of the class; an appraisal may be due in grace."""
    if facts.parameters is None:
        return None
    grace = timedelta(days=facts.parameters.appraisal_grace_days)
    wrong = [
        f"{one.name} {why}" for one in facts.instructors if (why := _why_not(one, facts.ends_on - grace))
    ]
    text = Text(
        "讲师须为师资库在库人员，且考核不逾期",
        "Every instructor is active in the pool, and no appraisal is overdue",
    )
    return finding("T10", not wrong, ", ".join(wrong) or "—", "active", text)


def instructors_may_teach_the_project(facts: ClassFacts) -> Finding | None:
    """T10: who teaches is admitted to the pool for the project; of others the pool itself tells."""
    wrong = [one.name for one in facts.instructors if one.state is not None and not one.entitled]
    text = Text("讲师须具有该项目的授课资格", "Every instructor is admitted for the project")
    return finding("T10", not wrong, ", ".join(wrong) or "—", "admitted for the project", text)


def _why_not(one: InstructorFacts, due_at_the_earliest: date) -> str | None:
    if one.state is None:
        return "not in the pool"
    if not one.active:
        return one.state
    assert one.appraisal_due_on is not None, "who is active has a day of appraisal"
    if one.appraisal_due_on < due_at_the_earliest:
        return f"appraisal due {one.appraisal_due_on}"
    return None


RETURN_RULES: tuple[Rule[ReturnFacts], ...] = (bar_is_over,)
VETTING_RULES: tuple[Rule[VettingFacts], ...] = (holds_a_valid_certificate,)
APPRAISAL_RULES: tuple[Rule[AppraisalFacts], ...] = (score_reaches_the_pass_mark,)
NOTICE_RULES: tuple[Rule[NoticeFacts], ...] = (appraisal_is_overdue,)
