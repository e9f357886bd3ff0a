"""The states of a report (举报) and the steps between them; pure (B10)."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """待受理 · 已受理 · 不予受理."""

    RECEIVED = "received", "待受理"
    ACCEPTED = "accepted", "已受理"
    DECLINED = "declined", "不予受理"


class Action(Named):
    """受理 · 不予受理 · 重新受理审查."""

    ACCEPT = "accept", "受理"
    DECLINE = "decline", "决定不予受理"
    REOPEN = "reopen", "重新审查"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.RECEIVED, Action.ACCEPT): State.ACCEPTED,
        (State.RECEIVED, Action.DECLINE): State.DECLINED,
        # What was accepted is a signal since, and stays one.
        (State.DECLINED, Action.REOPEN): State.RECEIVED,
    }
)
