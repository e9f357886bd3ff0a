"""What may be wrong with an appraisal that is recorded or amended: its day, its points."""

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from chuangpei.kernel.refusals import FieldError, Text

from training_svc.appraisals.appraisal import Appraisal
from training_svc.appraisals.schemas import AppraisalAmendment, NewAppraisal
from training_svc.instructors.instructor import Instructor
from training_svc.policy.parameters import Parameters

_FUTURE = Text("考核日期晚于今天", "It has not been held yet")
_BEFORE_ADMISSION = Text("考核日期早于入库日期", "It was held before the person was admitted")
_OUT_OF_ORDER = Text("与其他考核的先后次序不符", "It is out of order with the other appraisals")
_UNKNOWN_PART = Text("不是考核项目", "This is no part of an appraisal")
_MISSING_PART = Text("缺少此考核项目的得分", "The points of this part are missing")


def recording_errors(
    today: date, instructor: Instructor, days: Mapping[UUID, date], body: NewAppraisal, numbers: Parameters
) -> tuple[FieldError, ...]:
    """What is wrong with an appraisal that follows those on ``days``."""
    last = max(days.values(), default=None)
    return (
        *_day_errors(body.held_on, today, instructor, after=last),
        *_score_errors(body.scores, numbers),
    )


def amendment_errors(
    today: date,
    instructor: Instructor,
    appraisal: Appraisal,
    days: Mapping[UUID, date],
    body: AppraisalAmendment,
    numbers: Parameters,
) -> tuple[FieldError, ...]:
    """What is wrong with an amendment of an appraisal among those on ``days``, the first one first."""
    scores = _score_errors(body.scores if body.scores is not None else appraisal.scores, numbers)
    if body.held_on is None:
        return tuple(scores)
    order = list(days)
    place = order.index(appraisal.id)
    after = days[order[place - 1]] if place else None
    before = days[order[place + 1]] if place + 1 < len(order) else None
    return (*_day_errors(body.held_on, today, instructor, after=after, before=before), *scores)


def _day_errors(
    held_on: date, today: date, instructor: Instructor, *, after: date | None, before: date | None = None
) -> Iterator[FieldError]:
    if held_on > today:
        yield FieldError("/held_on", "in_the_future", _FUTURE)
    if instructor.admitted_on is not None and held_on < instructor.admitted_on:
        yield FieldError("/held_on", "before_admission", _BEFORE_ADMISSION)
    if (after is not None and held_on <= after) or (before is not None and held_on >= before):
        yield FieldError("/held_on", "out_of_order", _OUT_OF_ORDER)


def _score_errors(scores: Mapping[str, int], numbers: Parameters) -> Iterator[FieldError]:
    for part in numbers.appraisal_parts:
        if part not in scores:
            yield FieldError(f"/scores/{part}", "missing", _MISSING_PART)
    for part, points in scores.items():
        most = numbers.appraisal_parts.get(part)
        if most is None:
            yield FieldError(f"/scores/{part}", "unknown_part", _UNKNOWN_PART)
        elif points > most:
            text = Text(f"该项满分为{most}", f"This part gives at most {most}")
            yield FieldError(f"/scores/{part}", "too_many_points", text)
