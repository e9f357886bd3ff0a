"""The aggregate: one application (申报) of one institution in one round (B07)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from chuangpei.kernel.refusals import Refusal

from brand_svc.applications.lifecycle import NEXT, Action, State
from brand_svc.policy.facts import Tier
from brand_svc.transitions import move


@dataclass(slots=True)
class Application:
    """``district`` is the institution's on the day it was begun; ``findings`` are those of its submission.

    ``acted_for`` are the keys of the persons who saved or submitted it by their real names (回避).
    """

    OBJECT_TYPE: ClassVar[str] = "application"

    id: UUID
    round_id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    materials: dict[str, Any]
    state: State
    version: int
    acted_for: list[str] = field(default_factory=list)
    submitted_on: date | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    parameters_version: str | None = None
    district_comment: str | None = None
    review_findings: list[dict[str, Any]] = field(default_factory=list)
    reviewed_on: date | None = None

    def save(self, materials: dict[str, Any], person_key: str | None) -> Refusal | None:
        """Replaces what the draft holds (保存草稿)."""
        refused = move(NEXT, self, Action.SAVE)
        if refused is None:
            self.materials = materials
            self._acted(person_key)
        return refused

    def discard(self) -> Refusal | None:
        """Gives the draft up (弃置)."""
        return move(NEXT, self, Action.DISCARD)

    def submit(
        self, findings: list[dict[str, Any]], parameters_version: str, person_key: str | None, today: date
    ) -> Refusal | None:
        """Goes to the district (提交)."""
        refused = move(NEXT, self, Action.SUBMIT)
        if refused is None:
            self.findings, self.parameters_version, self.submitted_on = findings, parameters_version, today
            self._acted(person_key)
        return refused

    def withdraw(self) -> Refusal | None:
        """Is taken back by the institution (撤回)."""
        return move(NEXT, self, Action.WITHDRAW)

    def review(
        self, action: Action, comment: str, findings: list[dict[str, Any]], today: date
    ) -> Refusal | None:
        """The district recommends it or does not (推荐、不推荐), or corrects what it said (B07)."""
        refused = move(NEXT, self, action)
        if refused is None:
            self.district_comment, self.review_findings, self.reviewed_on = comment, findings, today
        return refused

    def described(self) -> dict[str, Any]:
        """What may be amended of a review, as its history keeps it."""
        return {"outcome": self.state, "comment": self.district_comment}

    def _acted(self, person_key: str | None) -> None:
        if person_key is not None and person_key not in self.acted_for:
            self.acted_for = [*self.acted_for, person_key]
