"""Periodic evaluation (定期评估, O03): a dated form of parts for each kind of object, points and a grade."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chuangpei.kernel.dated import ParameterBook
from chuangpei.kernel.refusals import FieldError, Text


class ObjectKind(StrEnum):
    """What is inspected and evaluated: 班级, 机构, 讲师."""

    CLASS = "class"
    INSTITUTION = "institution"
    INSTRUCTOR = "instructor"


class Grade(StrEnum):
    """The result: 优秀, 良好, 合格, 不合格."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Form:
    """The parts of a form with the most points of each, and from how many percent each grade begins."""

    version: str
    parts: Mapping[str, int]
    grades: Mapping[str, int]

    @property
    def most(self) -> int:
        """All points there are."""
        return sum(self.parts.values())


def form_of(law: ParameterBook, kind: ObjectKind, day: date) -> Form:
    """The form in force on ``day``; its version is the day from which it holds."""
    values = law.on(day)
    parts = values[f"evaluation_parts_of_{kind}"]
    return Form(str(parts.since), parts.value, values["evaluation_grades"].value)


def score_errors(form: Form, scores: Mapping[str, int]) -> Iterator[FieldError]:
    """Everything wrong with the points given: each part once, none above its most."""
    for part, most in form.parts.items():
        points = scores.get(part)
        if points is None or not 0 <= points <= most:
            text = Text(f"该项须为0至{most}分", f"This part takes 0 to {most} points")
            yield FieldError(f"/scores/{part}", "bad_points", text)
    for part in scores.keys() - form.parts.keys():
        yield FieldError(f"/scores/{part}", "unknown_part", Text("评估表无此项", "The form has no such part"))


def percent(form: Form, scores: Mapping[str, int]) -> int:
    """How many percent of all points were reached, rounded down."""
    return sum(scores.values()) * 100 // form.most


def grade(form: Form, scores: Mapping[str, int]) -> Grade:
    """The grade: the best whose percent the points reach, in whole numbers."""
    total = sum(scores.values()) * 100
    for one in (Grade.EXCELLENT, Grade.GOOD, Grade.PASSED):
        if total >= form.grades[one] * form.most:
            return one
    return Grade.FAILED
