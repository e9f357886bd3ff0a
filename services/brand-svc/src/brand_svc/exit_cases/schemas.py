"""Bodies and views of exit cases."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from chuangpei.web import Body
from pydantic import BaseModel, Field

from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.exit_cases.lifecycle import State
from brand_svc.signals.schemas import SignalView
from brand_svc.signals.signal import Signal


class Verification(Body):
    """What the district found (核实情况): founded goes to the city, unfounded is closed."""

    founded: bool = Field(examples=[True])
    statement: str = Field(min_length=2, max_length=4000, examples=["经核实，情况属实，报请市局处理。"])


class CityDecision(Body):
    """Why the city bureau decides as it does (处理理由)."""

    reason: str = Field(min_length=2, max_length=2000, examples=["情节属实，撤销品牌认定。"])


class ExitCaseSummary(BaseModel):
    """An exit case (退出核查) without its signals."""

    id: UUID
    credit_code: str
    brand_id: UUID
    institution_name: str
    district: str
    ground: str
    state: State
    opened_on: date
    statement: str | None
    verified_on: date | None
    reason: str | None
    decided_on: date | None
    version: int

    @classmethod
    def of(cls, case: ExitCase) -> Self:
        """The view of a case."""
        return cls(**_fields(case))


class ExitCaseView(ExitCaseSummary):
    """An exit case with the signals that opened or joined it (D09)."""

    signals: list[SignalView]

    @classmethod
    def with_signals(cls, case: ExitCase, signals: Sequence[Signal]) -> Self:
        """The view of a case and its signals, the earliest first."""
        return cls(**_fields(case), signals=[SignalView.of(signal) for signal in signals])


def _fields(case: ExitCase) -> dict[str, Any]:
    return {name: getattr(case, name) for name in ExitCaseSummary.model_fields}
