"""The states of an exit case (退出核查) and the steps between them; pure (B11, D09)."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """待区核实 · 已上报市局 · 核实不成立 · 已撤销认定 · 不予撤销 · 因另案撤销而终结 · 因品牌终止而终结."""

    OPENED = "opened", "待区核实"
    REPORTED = "reported", "已上报市局"
    CLOSED_UNFOUNDED = "closed_unfounded", "核实不成立"
    REVOKED = "revoked", "已撤销认定"
    DISMISSED = "dismissed", "不予撤销"
    SUPERSEDED = "superseded", "因另案撤销而终结"
    LAPSED = "lapsed", "因品牌终止而终结"


class Action(Named):
    """上报 · 不成立结案 · 撤销认定 · 不予撤销 · 另案已撤销 · 品牌已终止."""

    REPORT = "report", "上报"
    CLOSE_UNFOUNDED = "close_unfounded", "不成立结案"
    REVOKE = "revoke", "撤销认定"
    DISMISS = "dismiss", "不予撤销"
    SUPERSEDE = "supersede", "另案已撤销"
    LAPSE = "lapse", "品牌已终止"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.OPENED, Action.REPORT): State.REPORTED,
        (State.OPENED, Action.CLOSE_UNFOUNDED): State.CLOSED_UNFOUNDED,
        (State.REPORTED, Action.REVOKE): State.REVOKED,
        (State.REPORTED, Action.DISMISS): State.DISMISSED,
        (State.OPENED, Action.SUPERSEDE): State.SUPERSEDED,
        (State.REPORTED, Action.SUPERSEDE): State.SUPERSEDED,
        (State.OPENED, Action.LAPSE): State.LAPSED,
        (State.REPORTED, Action.LAPSE): State.LAPSED,
    }
)

UNDECIDED: tuple[State, ...] = (State.OPENED, State.REPORTED)
"""A case in one of these states waits for the district or the city."""
