"""The rules of what changes after a class was filed and a trainee enrolled: until when, and how far (T06)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.findings import Rule, finding, local


@dataclass(frozen=True, slots=True)
class LeavingFacts:
    """An enrolment that is to end before its completion, on the civil day ``today``."""

    completed: bool
    class_ends_on: date
    today: date


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """The projects of the class that a trainee leaves and of the one that takes them."""

    from_project: str
    to_project: str
    same_class: bool


@dataclass(frozen=True, slots=True)
class ClassChangeFacts:
    """A class before and after a change on the civil day ``today``."""

    today: date
    old_starts_on: date
    old_ends_on: date
    starts_on: date
    ends_on: date
    capacity: int
    enrolled: int


@dataclass(frozen=True, slots=True)
class SessionChangeFacts:
    """When a session was to begin, when it is to begin now, and how early its attendance may be recorded."""

    starts_at: datetime
    new_starts_at: datetime
    attendance_minutes_before: int
    now: datetime


@dataclass(frozen=True, slots=True)
class AdditionFacts:
    """A session that is to be added to a filed class whose last one ends at ``last_session_ends_at``."""

    starts_at: datetime
    last_session_ends_at: datetime
    attendance_minutes_before: int
    now: datetime


@dataclass(frozen=True, slots=True)
class CancellationFacts:
    """When the last session of a class would be over that is to be cancelled, or was by mistake."""

    last_session_ends_at: datetime
    now: datetime


def training_is_not_completed(facts: LeavingFacts) -> Finding:
    """T06: who has completed (已结业) neither withdraws nor changes class; the record stands."""
    text = Text("已结业的学员不得退班或转班", "Who has completed neither withdraws nor changes class")
    fact = "completed" if facts.completed else "not completed"
    return finding("T06", not facts.completed, fact, "not completed", text)


def class_is_not_over(facts: LeavingFacts) -> Finding:
    """T06: one leaves a class (退班, 转班) until its last day, that day included."""
    text = Text("班级结束后不得退班或转班", "Nobody leaves a class that has ended")
    return finding("T06", facts.today <= facts.class_ends_on, facts.today, f"≤ {facts.class_ends_on}", text)


def project_stays_the_same(facts: TransferFacts) -> Finding:
    """T06: one changes class (转班) within a project; another project is another enrolment."""
    text = Text("只能转入同一项目的班级", "One changes class within the same project")
    same = facts.from_project == facts.to_project
    return finding("T06", same, facts.to_project, facts.from_project, text)


def class_is_another(facts: TransferFacts) -> Finding:
    """T06: nobody changes into the class they are in."""
    text = Text("应转入另一班级", "One changes into another class")
    fact = "same class" if facts.same_class else "another class"
    return finding("T06", not facts.same_class, fact, "another class", text)


def class_goes_on(facts: ClassChangeFacts) -> Finding:
    """T06: a class is changed until its last day, and never so that it would have ended before today."""
    last = min(facts.old_ends_on, facts.ends_on)
    text = Text("班级结束后不得变更", "Nothing of a class changes once it has ended")
    return finding("T06", facts.today <= last, facts.today, f"≤ {last}", text)


def first_day_is_to_come(facts: ClassChangeFacts) -> Finding | None:
    """T06: the first day moves only before it has come, and to no day that is past."""
    if facts.starts_on == facts.old_starts_on:
        return None
    movable = facts.today < facts.old_starts_on and facts.today <= facts.starts_on
    text = Text(
        "开班日只能在开班前改为今后的日期", "The first day moves before it has come, to a day to come"
    )
    required = f"{facts.today} < {facts.old_starts_on}, ≥ {facts.today}"
    return finding("T06", movable, facts.starts_on, required, text)


def places_hold_the_enrolled(facts: ClassChangeFacts) -> Finding:
    """T06: the places are never fewer than those enrolled."""
    text = Text("名额不得少于已报名人数", "The places are no fewer than those enrolled")
    return finding("T06", facts.capacity >= facts.enrolled, facts.capacity, f"≥ {facts.enrolled}", text)


def session_is_to_come(facts: SessionChangeFacts) -> Finding:
    """T06: a session is changed or cancelled until its attendance may be recorded; then it stands."""
    last = facts.starts_at - timedelta(minutes=facts.attendance_minutes_before)
    text = Text("开始签到后课次不再变更", "A session stands once its attendance may be recorded")
    return finding("T06", facts.now < last, local(facts.now), f"< {local(last)}", text)


def new_time_is_to_come(facts: SessionChangeFacts) -> Finding:
    """T06: no session is moved into the past."""
    first = facts.now + timedelta(minutes=facts.attendance_minutes_before)
    text = Text("课次应改至今后的时间", "A session is moved to a time to come")
    return finding("T06", facts.new_starts_at > first, local(facts.new_starts_at), f"> {local(first)}", text)


def added_session_is_to_come(facts: AdditionFacts) -> Finding:
    """T06: a session is added (补课) at a time to come, so that its attendance can be recorded."""
    first = facts.now + timedelta(minutes=facts.attendance_minutes_before)
    text = Text("补课应安排在今后的时间", "A session is added at a time to come")
    return finding("T06", facts.starts_at > first, local(facts.starts_at), f"> {local(first)}", text)


def nobody_may_complete_yet(facts: AdditionFacts) -> Finding:
    """T06: a session is added before the last one is over; from then on trainees complete."""
    ends_at = facts.last_session_ends_at
    text = Text("最后一次课结束后不得增加课次", "No session is added once the last one is over")
    return finding("T06", facts.now < ends_at, local(facts.now), f"< {local(ends_at)}", text)


def last_session_is_not_over(facts: CancellationFacts) -> Finding:
    """T06: a class is cancelled (取消开班) before its last session is over; until then nobody completes."""
    text = Text("最后一次课结束后不得取消班级", "No class is cancelled once its last session is over")
    ends_at = facts.last_session_ends_at
    return finding("T06", facts.now < ends_at, local(facts.now), f"< {local(ends_at)}", text)


def last_session_would_not_be_over(facts: CancellationFacts) -> Finding:
    """T06: a mistaken cancellation is taken back before the last session would be over."""
    text = Text("最后一次课原定结束后不得恢复班级", "No class is reinstated once it would have been over")
    ends_at = facts.last_session_ends_at
    return finding("T06", facts.now < ends_at, local(facts.now), f"< {local(ends_at)}", text)


LEAVING_RULES: tuple[Rule[LeavingFacts], ...] = (training_is_not_completed, class_is_not_over)
TRANSFER_RULES: tuple[Rule[TransferFacts], ...] = (project_stays_the_same, class_is_another)
CLASS_CHANGE_RULES: tuple[Rule[ClassChangeFacts], ...] = (
    class_goes_on,
    first_day_is_to_come,
    places_hold_the_enrolled,
)
SESSION_CHANGE_RULES: tuple[Rule[SessionChangeFacts], ...] = (session_is_to_come, new_time_is_to_come)
SESSION_ADDITION_RULES: tuple[Rule[AdditionFacts], ...] = (
    added_session_is_to_come,
    nobody_may_complete_yet,
)
SESSION_CANCELLATION_RULES: tuple[Rule[SessionChangeFacts], ...] = (session_is_to_come,)
CANCELLATION_RULES: tuple[Rule[CancellationFacts], ...] = (last_session_is_not_over,)
REINSTATEMENT_RULES: tuple[Rule[CancellationFacts], ...] = (last_session_would_not_be_over,)
