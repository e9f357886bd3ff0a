"""The rules of evaluation (考核评价): each takes facts, gives one finding; tuples say when each applies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from chuangpei.kernel.dates import add_months
from chuangpei.kernel.refusals import Finding, Text

from cert_svc.policy.findings import finding
from cert_svc.policy.sittings import SITTING_RULES, Sitting

CompletionKind = Literal["entrepreneurship_completion", "training_completion"]

EVALUATED_STAGE = 3
"""Only the stage 创业初创期 is followed by an evaluation (C02)."""

_RESPONSIBLE = "沪人社规〔2025〕30号 二(六)"
_SELECTED = "沪人社规〔2025〕30号 二(二)"
_EVALUATED = "沪人社规〔2025〕30号 一(二)"


class ConflictFacts(Protocol):
    """What keeps a person from evaluating a training (回避; C04)."""

    @property
    def is_of_the_institution(self) -> bool: ...
    @property
    def is_trainee(self) -> bool: ...
    @property
    def taught_the_class(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class HandlingFacts:
    """About the person who is to score or confirm an evaluation, and the training it belongs to.

    ``is_in_office``: of a body that evaluates the project today; ``is_of_answering_body``: of the one that
    has begun this evaluation, if any has; ``is_of_the_institution``: of the institution that trained;
    ``is_scorer``: gave the score, or one of the blind scores; ``sitting``: where it is on a session;
    ``is_of_the_centre``: acts for the city centre; ``dispute_is_open``: an attempt of the enrolment is
    disputed.
    """

    is_in_office: bool
    is_of_answering_body: bool
    is_of_the_institution: bool
    is_trainee: bool
    taught_the_class: bool
    is_scorer: bool
    scored_before: bool
    training_certificate_valid: bool
    sitting: Sitting | None = None
    is_of_the_centre: bool = False
    is_confirmer: bool = False
    dispute_is_open: bool = False


@dataclass(frozen=True, slots=True)
class RetakeFacts:
    """About a failed evaluation: ``attempt`` 1 is the first one, days are civil dates in Asia/Shanghai."""

    attempt: int
    completed_on: date
    today: date
    retakes_allowed: int
    months_allowed: int
    training_certificate_valid: bool
    dispute_is_open: bool = False


def completion_kind(stage: Literal[1, 2, 3, 4]) -> CompletionKind:
    """What a completed training gives: 培训结业证书 for stage 3 (C02), else 创业培训结业证书 (C01, C03)."""
    return "training_completion" if stage == EVALUATED_STAGE else "entrepreneurship_completion"


def last_retake_day(completed_on: date, months: int) -> date:
    """The last civil day on which a retake (补考) may be opened (D12)."""
    return add_months(completed_on, months)


def evaluator_is_in_office(facts: HandlingFacts) -> Finding:
    """Only evaluators of a body that the city centre chose, in its term and scope, evaluate (T06)."""
    return finding(
        "T06",
        _SELECTED,
        facts.is_in_office,
        ("在任评价机构的评价人员" if facts.is_in_office else "不是", "在任评价机构的评价人员"),
        Text(
            "评价须由市中心选定的评价机构在任期和范围内、由其评价人员进行",
            "Only an evaluator of a body in its term and scope may evaluate",
        ),
    )


def one_body_answers(facts: HandlingFacts) -> Finding:
    """One body evaluates and answers for the result (谁评价、谁负责; C04)."""
    return finding(
        "C04",
        _RESPONSIBLE,
        facts.is_of_answering_body,
        ("同一评价机构" if facts.is_of_answering_body else "另一评价机构", "同一评价机构"),
        Text("同一次评价须由同一评价机构负责", "One body answers for the whole of an evaluation"),
    )


def evaluator_is_not_of_the_institution(facts: ConflictFacts) -> Finding:
    """Who belongs to the institution that trained does not evaluate (回避; C04)."""
    return finding(
        "C04",
        _RESPONSIBLE,
        not facts.is_of_the_institution,
        ("培训机构一方" if facts.is_of_the_institution else "非培训机构一方", "非培训机构一方"),
        Text("培训机构不得评价本机构的学员", "An institution may not evaluate those it trained"),
    )


def evaluator_is_not_the_trainee(facts: ConflictFacts) -> Finding:
    """Nobody evaluates their own training (C04)."""
    return finding(
        "C04",
        _RESPONSIBLE,
        not facts.is_trainee,
        ("学员本人" if facts.is_trainee else "非学员本人", "非学员本人"),
        Text("评价人员不得评价本人", "Nobody may evaluate their own training"),
    )


def evaluator_did_not_teach(facts: ConflictFacts) -> Finding:
    """Who taught the class does not evaluate it (回避; C04)."""
    return finding(
        "C04",
        _RESPONSIBLE,
        not facts.taught_the_class,
        ("本班授课讲师" if facts.taught_the_class else "非本班讲师", "非本班讲师"),
        Text("本班授课讲师应当回避评价", "Who taught the class may not evaluate it"),
    )


def only_the_scorer_amends(facts: HandlingFacts) -> Finding:
    """A score is amended by the person who gave it, so that one person answers for it (C04)."""
    holds = facts.is_scorer or not facts.scored_before
    return finding(
        "C04",
        _RESPONSIBLE,
        holds,
        ("首次评分人" if holds else "他人", "首次评分人"),
        Text("未确认的成绩只能由评分人本人更正", "A score is amended by the person who gave it"),
    )


def nobody_scores_blind_twice(facts: HandlingFacts) -> Finding:
    """Blind scores (盲评) are given by different people, once each, and never amended (C04)."""
    return finding(
        "C04",
        _RESPONSIBLE,
        not facts.is_scorer,
        ("已评分" if facts.is_scorer else "尚未评分", "尚未评分"),
        Text("盲评须由不同的人各评一次", "Each blind score is given by another person, once"),
    )


def confirmer_is_not_the_scorer(facts: HandlingFacts) -> Finding:
    """Who scored does not confirm (双人复核; C04)."""
    return finding(
        "C04",
        _RESPONSIBLE,
        not facts.is_scorer,
        ("评分人本人" if facts.is_scorer else "另一人", "另一人"),
        Text("成绩须由评分人以外的另一人确认", "Another person than the scorer must confirm the score"),
    )


def no_dispute_is_open(facts: HandlingFacts | RetakeFacts) -> Finding:
    """While a result of the enrolment is disputed, no other is decided and no retake opens (D12)."""
    return finding(
        "D12",
        "D12",
        not facts.dispute_is_open,
        ("复核中" if facts.dispute_is_open else "无未决复核", "无未决复核"),
        Text("前次成绩复核未决，补考暂缓", "While a result is disputed, retakes wait"),
    )


def training_certificate_stands(facts: HandlingFacts | RetakeFacts) -> Finding:
    """The evaluation follows a finished training, whose 培训结业证书 must not be revoked (C02)."""
    valid = facts.training_certificate_valid
    return finding(
        "C02",
        _EVALUATED,
        valid,
        ("有效" if valid else "已撤销", "有效"),
        Text("培训结业证书须有效", "The certificate of the finished training must be valid"),
    )


def retakes_are_left(facts: RetakeFacts) -> Finding:
    """At most so many retakes (补考次数; D12)."""
    return finding(
        "D12",
        "D12",
        facts.attempt <= facts.retakes_allowed,
        (f"已补考{facts.attempt - 1}次", f"至多补考{facts.retakes_allowed}次"),
        Text(f"至多补考{facts.retakes_allowed}次", f"At most {facts.retakes_allowed} retakes are allowed"),
    )


def retake_is_in_time(facts: RetakeFacts) -> Finding:
    """A retake opens within so many months of completion, its last day included (补考期限; D12)."""
    last = last_retake_day(facts.completed_on, facts.months_allowed)
    return finding(
        "D12",
        "D12",
        facts.today <= last,
        (facts.today.isoformat(), f"≤ {last.isoformat()}"),
        Text(f"补考须在{last}前（含当日）提出", f"A retake must be opened by {last} (that day included)"),
    )


ConflictRule = Callable[[ConflictFacts], Finding]
HandlingRule = Callable[[HandlingFacts], Finding]
RetakeRule = Callable[[RetakeFacts], Finding]

CONFLICT_RULES: tuple[ConflictRule, ...] = (
    evaluator_is_not_the_trainee,
    evaluator_did_not_teach,
    evaluator_is_not_of_the_institution,
)
_EVALUATOR_RULES: tuple[HandlingRule, ...] = (
    evaluator_is_in_office,
    one_body_answers,
    *CONFLICT_RULES,
)
SCORE_RULES: tuple[HandlingRule, ...] = (
    *_EVALUATOR_RULES,
    only_the_scorer_amends,
    *SITTING_RULES,
    training_certificate_stands,
)
BLIND_RULES: tuple[HandlingRule, ...] = (
    *_EVALUATOR_RULES,
    nobody_scores_blind_twice,
    *SITTING_RULES,
    training_certificate_stands,
)
CONFIRM_RULES: tuple[HandlingRule, ...] = (
    *_EVALUATOR_RULES,
    confirmer_is_not_the_scorer,
    training_certificate_stands,
    no_dispute_is_open,
)
RETAKE_RULES: tuple[RetakeRule, ...] = (
    retakes_are_left,
    retake_is_in_time,
    training_certificate_stands,
    no_dispute_is_open,
)
