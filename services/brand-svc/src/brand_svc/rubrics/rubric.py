"""The aggregate: one version of the rubric (评分规则) of the city centre (B04)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from chuangpei.kernel.refusals import Refusal

from brand_svc.policy.rubric import Rubric
from brand_svc.problems import RUBRIC_FROZEN
from brand_svc.rubrics.lifecycle import NEXT, Action, State
from brand_svc.transitions import move


@dataclass(slots=True)
class RubricVersion:
    """``label`` is what people cite it by; rounds that open on ``effective_from`` or later may choose it.

    ``content`` is the rubric itself, as JSON; ``frozen`` is whether a round is scored by it.
    """

    OBJECT_TYPE: ClassVar[str] = "rubric"

    id: UUID
    label: str
    name: str
    effective_from: date
    content: dict[str, Any]
    state: State
    made_at: datetime
    made_by: str
    version: int
    frozen: bool = False

    @property
    def rubric(self) -> Rubric:
        """What its content says."""
        return Rubric.of(self.content)

    def amend(self, name: str, effective_from: date, content: dict[str, Any]) -> Refusal | None:
        """Corrects it (更正) while no round is scored by it."""
        refused = self._step(Action.AMEND)
        if refused is None:
            self.name, self.effective_from, self.content = name, effective_from, content
        return refused

    def publish(self) -> Refusal | None:
        """Publishes it (发布): rounds may choose it."""
        return self._step(Action.PUBLISH)

    def withdraw(self) -> Refusal | None:
        """Withdraws it (撤回) while no round is scored by it."""
        return self._step(Action.WITHDRAW)

    def amendable(self) -> dict[str, Any]:
        """What an amendment may change, as its history tells it."""
        return {"name": self.name, "effective_from": str(self.effective_from), "content": self.content}

    def _step(self, action: Action) -> Refusal | None:
        return Refusal(RUBRIC_FROZEN) if self.frozen else move(NEXT, self, action)


@dataclass(frozen=True, slots=True)
class RoundRubric:
    """By which rubric a round is scored, and the years its automatic indicators look at (统计年度)."""

    round_id: UUID
    rubric_id: UUID
    first_year: int
    last_year: int
    chosen_at: datetime
    chosen_by: str
