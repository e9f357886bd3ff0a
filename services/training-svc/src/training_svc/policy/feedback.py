"""Trainees' feedback on a class (学员评价; T06 培训质量可监控): when it is asked for, and what is asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chuangpei.kernel.dated import ParameterBook
from chuangpei.kernel.refusals import FieldError, Finding, Text

from training_svc.policy.findings import Rule, finding
from training_svc.policy.parameters import Parameters

SCORES = range(1, 6)
"""The scores of a question: 1 the worst, 5 the best."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a trainee scores from 1 to 5, under a code by which results are kept."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class FeedbackFacts:
    """A class's last day, the last day on which its trainees may answer, and today (Asia/Shanghai)."""

    class_ends_on: date
    last_day: date
    today: date


def questions_on(law: ParameterBook, day: date) -> tuple[Question, ...]:
    """The questions in force on ``day``, the first day of the class.

    Raises :class:`chuangpei.kernel.dated.NoLawInForce` outside the dates of the law (O06).
    """
    asked = law.on(day)["feedback_questions"].value
    return tuple(Question(one["code"], Text(one["zh"], one["en"])) for one in asked)


def last_day_of(class_ends_on: date, parameters: Parameters) -> date:
    """The last day on which the trainees of a class may answer, that day included."""
    return class_ends_on + timedelta(days=parameters.feedback_days)


def may_be_shown(answers: int, parameters: Parameters) -> bool:
    """Whether a class has enough answers for its results to be shown to anyone."""
    return answers >= parameters.feedback_group_least


def class_is_over(facts: FeedbackFacts) -> Finding:
    """T06: trainees are asked once the class's last day is over."""
    text = Text("班级结束后方可征集学员评价", "Trainees are asked once the class has ended")
    holds = facts.today > facts.class_ends_on
    return finding("T06", holds, facts.today, f"> {facts.class_ends_on}", text)


def period_is_not_over(facts: FeedbackFacts) -> Finding:
    """T06: trainees are asked while there are days left to answer."""
    text = Text("评价期已结束", "The days for answering are over")
    return finding("T06", facts.today <= facts.last_day, facts.today, f"≤ {facts.last_day}", text)


FEEDBACK_RULES: tuple[Rule[FeedbackFacts], ...] = (class_is_over, period_is_not_over)


def score_errors(scores: Mapping[str, int], questions: tuple[Question, ...]) -> Iterator[FieldError]:
    """What is wrong with an answer: every question is scored, and no other."""
    asked = {one.code for one in questions}
    for code in sorted(asked - scores.keys()):
        yield FieldError(f"/scores/{code}", "missing", Text("请评分", "This question has no score"))
    if scores.keys() - asked:
        text = Text("含有不认识的评价项", "There is a score for no question")
        yield FieldError("/scores", "unknown_question", text)
