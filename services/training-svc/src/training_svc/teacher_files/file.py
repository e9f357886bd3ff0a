"""The teacher file (教师档案, O32): what it holds, put together from what was read. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from chuangpei.database import Row
from pydantic import BaseModel

from training_svc.activities.schemas import Kind
from training_svc.appraisals.schemas import AppraisalView
from training_svc.exits.schemas import ExitView
from training_svc.instructors.schemas import InstructorView
from training_svc.teacher_files.schemas import Achievement, ClassTaught, StudioOf, TeacherFile

V = TypeVar("V", bound=BaseModel)


def teacher_file(
    written_on: date,
    instructor: InstructorView,
    *,
    classes: Iterable[Row],
    appraisals: Sequence[AppraisalView],
    exits: Sequence[ExitView],
    achievements: Iterable[Row],
    studios: Iterable[Row],
) -> TeacherFile:
    """The content of the file of one instructor on a day (Asia/Shanghai), whatever form it is given (O32)."""
    achieved = _shown(Achievement, achievements)
    return TeacherFile(
        written_on=written_on,
        instructor=instructor,
        classes=_shown(ClassTaught, classes),
        appraisals=list(appraisals),
        exits=list(exits),
        trainings=[one for one in achieved if one.kind is Kind.TRAINING],
        contests=[one for one in achieved if one.kind is Kind.CONTEST],
        studios=_shown(StudioOf, studios),
    )


def _shown(kind: type[V], rows: Iterable[Row]) -> list[V]:
    return [kind.model_validate({name: row[name] for name in kind.model_fields}) for row in rows]
