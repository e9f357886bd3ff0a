"""The aggregate: one round of selection (遴选轮次; B05–B09)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW

from brand_svc.policy.facts import Tier
from brand_svc.problems import NOT_ACCEPTING, TOO_EARLY
from brand_svc.rounds.lifecycle import NEXT, UNDER_REVIEW, Action, State
from brand_svc.transitions import move


@dataclass(slots=True)
class Round:
    """A round takes applications from ``opens_on`` to ``closes_on``, both days included (Asia/Shanghai)."""

    OBJECT_TYPE: ClassVar[str] = "brand_round"

    id: UUID
    name: str
    opens_on: date
    closes_on: date
    state: State
    published_on: date | None
    findings: list[dict[str, Any]]
    version: int

    def correct(
        self, name: str, opens_on: date, closes_on: date, findings: list[dict[str, Any]]
    ) -> Refusal | None:
        """Corrects the announcement (更正公告), as long as the round has not opened."""
        refused = move(NEXT, self, Action.CORRECT)
        if refused is None:
            self.name, self.opens_on, self.closes_on = name, opens_on, closes_on
            self.findings = findings
        return refused

    def open(self, today: date) -> Refusal | None:
        """Opens the round for applications, from ``opens_on`` on."""
        if today < self.opens_on:
            return Refusal(
                TOO_EARLY,
                detail=Text(f"{self.opens_on} 起开放申报", f"Applications open on {self.opens_on}"),
            )
        return move(NEXT, self, Action.OPEN)

    def close(self) -> Refusal | None:
        """Ends the applications; districts may still review them."""
        return move(NEXT, self, Action.CLOSE)

    def deliberate(self) -> Refusal | None:
        """The bureau has decided on a list (审议); it may decide again until it publishes (B08)."""
        return move(NEXT, self, Action.DELIBERATE)

    def publish(self, today: date) -> Refusal | None:
        """The list is published (公布) and in force from this day (B08, B09, D08)."""
        refused = move(NEXT, self, Action.PUBLISH)
        if refused is None:
            self.published_on = today
        return refused

    def accepts_applications(self, today: date) -> bool:
        """Whether an institution may apply on this day: what time alone decides is derived here."""
        return self.state is State.OPEN and self.opens_on <= today <= self.closes_on

    def may_take_application(self, today: date) -> Refusal | None:
        """The refusal, naming the days, where an application does not come in time."""
        if self.accepts_applications(today):
            return None
        return Refusal(
            NOT_ACCEPTING,
            detail=Text(
                f"状态“{self.state.zh}”；申报期 {self.opens_on} 至 {self.closes_on}",
                f"State {self.state}; applications from {self.opens_on} to {self.closes_on}",
            ),
        )

    def may_be_reviewed(self) -> Refusal | None:
        """The refusal where districts can no longer review, or not yet (B07)."""
        if self.state in UNDER_REVIEW:
            return None
        detail = Text(
            f"本轮状态为“{self.state.zh}”，不能初审", f"In round state {self.state} nothing is reviewed"
        )
        return Refusal(NOT_ALLOWED_NOW, detail=detail)


@dataclass(frozen=True, slots=True)
class Recognition:
    """One line of the list: which application is recognised, and in which tier (B03, B08)."""

    application_id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
