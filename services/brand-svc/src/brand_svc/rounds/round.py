"""The aggregate: one round of selection (遴选轮次; B05–B09)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID

from chuangpei.events.brand import BrandRoundOpened, BrandRoundPublished
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW

from brand_svc.policy.facts import Tier
from brand_svc.problems import NOT_ACCEPTING, TOO_EARLY
from brand_svc.rounds.lifecycle import NEXT, UNDER_REVIEW, Action, State
from brand_svc.rounds.timetable import AHEAD, DAYS, Overdue, Timetable, overdue
from brand_svc.transitions import move, next_state


@dataclass(slots=True)
class Round:
    """A round, what it is called, and by which day each of its steps is due."""

    OBJECT_TYPE: ClassVar[str] = "brand_round"

    id: UUID
    name: str
    timetable: Timetable
    state: State
    published_on: date | None
    findings: list[dict[str, Any]]
    version: int

    def amend(self, name: str | None, days: Mapping[str, date], today: date) -> Refusal | None:
        """Another name, or other days for the steps still ahead, from today on (更正公告; B05).

        An opening that was announced too late may be set on today, one that is past may not.
        """
        if refused := move(NEXT, self, Action.AMEND):
            return refused
        timetable = replace(self.timetable, **days)
        changed = [day for day in DAYS if getattr(timetable, day) != getattr(self.timetable, day)]
        if errors := tuple(self._unchangeable(changed, timetable, today)) or tuple(_out_of_order(timetable)):
            return Refusal(INVALID_INPUT, errors=errors)
        self.name, self.timetable = name or self.name, timetable
        return None

    def _unchangeable(self, changed: list[str], timetable: Timetable, today: date) -> list[FieldError]:
        over = [day for day in changed if DAYS[day] not in AHEAD[self.state]]
        past = [day for day in changed if day not in over and getattr(timetable, day) < today]
        return [FieldError(f"/{day}", "step_is_over", _OVER) for day in over] + [
            FieldError(f"/{day}", "day_is_past", _PAST) for day in past
        ]

    def open(self, today: date) -> Refusal | None:
        """Opens the round for applications, from ``opens_on`` on."""
        return self._move_from(Action.OPEN, self.timetable.opens_on, today)

    def close(self, today: date) -> Refusal | None:
        """Ends the applications, from their last day on; districts go on assessing and reviewing."""
        return self._move_from(Action.CLOSE, self.timetable.closes_on, today)

    def _move_from(self, action: Action, day: date, today: date) -> Refusal | None:
        after = next_state(NEXT, self.state, action)
        if isinstance(after, State) and today < day:
            return Refusal(TOO_EARLY, detail=Text(f"{day} 起方可办理", f"It is possible from {day} on"))
        return move(NEXT, self, action)

    def deliberate(self) -> Refusal | None:
        """The bureau has decided on a list (审议); it may decide again until it publishes (B08)."""
        return move(NEXT, self, Action.DELIBERATE)

    def publish(self, today: date) -> Refusal | None:
        """The list is published (公布) and in force from this day (B08, B09, D08)."""
        refused = move(NEXT, self, Action.PUBLISH)
        if refused is None:
            self.published_on = today
        return refused

    def overdue(self, today: date) -> list[Overdue]:
        """The steps whose day has passed without them."""
        return list(overdue(self.timetable, self.state, today))

    def accepts_applications(self, today: date) -> bool:
        """Whether an institution may apply on this day: what time alone decides is derived here."""
        return self.state is State.OPEN and self.timetable.opens_on <= today <= self.timetable.closes_on

    def may_take_application(self, today: date) -> Refusal | None:
        """The refusal, naming the days, where an application does not come in time."""
        if self.accepts_applications(today):
            return None
        first, last = self.timetable.opens_on, self.timetable.closes_on
        detail = Text(
            f"状态“{self.state.zh}”；申报期 {first} 至 {last}",
            f"State {self.state}; applications from {first} to {last}",
        )
        return Refusal(NOT_ACCEPTING, detail=detail)

    def may_be_reviewed(self) -> Refusal | None:
        """The refusal where districts can no longer assess and review, or not yet (B06, B07)."""
        if self.state in UNDER_REVIEW:
            return None
        detail = Text(
            f"本轮状态为“{self.state.zh}”，不能评估、初审", f"In round state {self.state} nothing is reviewed"
        )
        return Refusal(NOT_ALLOWED_NOW, detail=detail)

    def may_amend_reviews(self) -> Refusal | None:
        """The refusal where what the districts found stands for good: once the list is published."""
        if self.state not in (State.ANNOUNCED, State.PUBLISHED):
            return None
        detail = Text("名单公布后不得更正", "Nothing is amended once the list is published")
        return Refusal(NOT_ALLOWED_NOW, detail=detail)

    def described(self) -> dict[str, str]:
        """What may be amended, as its history keeps it."""
        days = {name: str(day) for name, day in asdict(self.timetable).items()}
        return {"name": self.name} | days

    def opened(self) -> BrandRoundOpened:
        """The event that tells that institutions may apply, and until when."""
        return BrandRoundOpened(round_id=self.id, name=self.name, **asdict(self.timetable))

    def published(self, recognised: int) -> BrandRoundPublished:
        """The event that tells of its list."""
        assert self.published_on is not None
        return BrandRoundPublished(
            round_id=self.id, name=self.name, published_on=self.published_on, recognised=recognised
        )


_OVER = Text("该步骤已经完成，日期不再更正", "The step is done; its day is no longer changed")
_PAST = Text("不能改为过去的日期", "It cannot be moved to a day that is past")
_ORDER = Text("早于前一步骤的日期", "It comes before the day of the step before")


def _out_of_order(timetable: Timetable) -> list[FieldError]:
    days = list(DAYS)
    return [
        FieldError(f"/{later}", "out_of_order", _ORDER)
        for earlier, later in pairwise(days)
        if getattr(timetable, later) < getattr(timetable, earlier)
    ]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the bureau chose (审议认定): an application or an assessed brand, and its tier (B03, B08)."""

    tier: Tier
    application_id: UUID | None = None
    assessment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """One line of the list (名单): what was chosen, and the institution that it recognises."""

    application_id: UUID | None
    assessment_id: UUID | None
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
