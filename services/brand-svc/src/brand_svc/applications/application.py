"""The aggregate: one application (申报) of one institution in one round (B07)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from chuangpei.kernel.refusals import Refusal

from brand_svc.applications.lifecycle import NEXT, Action, State
from brand_svc.policy.facts import Tier
from brand_svc.transitions import move


@dataclass(slots=True)
class Application:
    """``district`` is the institution's on the day of application; ``findings`` are those of that day."""

    OBJECT_TYPE: ClassVar[str] = "application"

    id: UUID
    round_id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    statement: str
    state: State
    submitted_on: date
    findings: list[dict[str, Any]]
    parameters_version: str
    district_comment: str | None
    version: int

    def recommend(self, comment: str) -> Refusal | None:
        """The district recommends it to the city (推荐; B07)."""
        return self._review(Action.RECOMMEND, comment)

    def decline(self, comment: str) -> Refusal | None:
        """The district does not recommend it (不推荐; B07)."""
        return self._review(Action.DECLINE, comment)

    def _review(self, action: Action, comment: str) -> Refusal | None:
        refused = move(NEXT, self, action)
        if refused is None:
            self.district_comment = comment
        return refused
