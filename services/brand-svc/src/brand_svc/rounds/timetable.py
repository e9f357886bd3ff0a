"""The timetable of a round (时间表): by which day each of its steps is due (B05–B08)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from brand_svc.named import Named
from brand_svc.rounds.lifecycle import State


class Step(Named):
    """开放申报 · 截止申报 · 区评估与初审 · 市级审议 · 公布名单."""

    OPENING = "opening", "开放申报"
    CLOSING = "closing", "截止申报"
    REVIEW = "review", "区评估与初审"
    DELIBERATION = "deliberation", "市级审议"
    PUBLICATION = "publication", "公布名单"


@dataclass(frozen=True, slots=True)
class Timetable:
    """The days of a round in their order, each included (Asia/Shanghai).

    Applications come from ``opens_on`` to ``closes_on``; districts assess and review until ``review_until``,
    the city deliberates until ``deliberation_until`` and publishes on ``publication_on``. A step that comes
    late is told as overdue and stays valid: a brand lasts until the list, not by a timer (B09, D08).
    """

    opens_on: date
    closes_on: date
    review_until: date
    deliberation_until: date
    publication_on: date


DAYS: Mapping[str, Step] = MappingProxyType(
    {
        "opens_on": Step.OPENING,
        "closes_on": Step.CLOSING,
        "review_until": Step.REVIEW,
        "deliberation_until": Step.DELIBERATION,
        "publication_on": Step.PUBLICATION,
    }
)
"""The days of a timetable by name, and the step that each is the last day of."""

_ALL = tuple(Step)
AHEAD: Mapping[State, tuple[Step, ...]] = MappingProxyType(
    {
        State.ANNOUNCED: _ALL,
        State.OPEN: _ALL[1:],
        State.CLOSED: _ALL[2:],
        State.DELIBERATED: _ALL[4:],
        State.PUBLISHED: (),
    }
)
"""The steps that lie ahead of a round in each state: only their days can still be changed."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A step whose day has passed without it (逾期)."""

    step: Step
    due_on: date


def overdue(timetable: Timetable, state: State, today: date) -> Iterator[Overdue]:
    """The steps ahead whose day has passed; that of the districts, too, until the city has deliberated."""
    for name, step in DAYS.items():
        due_on = getattr(timetable, name)
        if step in AHEAD[state] and due_on < today:
            yield Overdue(step, due_on)
