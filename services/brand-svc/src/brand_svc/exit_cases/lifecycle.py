"""The states of an exit case (退出核查) and the steps between them; pure (B11, D09)."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """Where a case stands: with the district until it is reported, then with the city bureau."""

    OPENED = "opened", "待区核实"
    NOTICED = "noticed", "已告知待陈述申辩"
    HEARD = "heard", "已陈述申辩"
    REPORTED = "reported", "已上报市局"
    CLOSED_UNFOUNDED = "closed_unfounded", "核实不成立"
    REVOKED = "revoked", "已撤销认定"
    DISMISSED = "dismissed", "不予撤销"
    SUPERSEDED = "superseded", "因另案撤销而终结"
    LAPSED = "lapsed", "因品牌终止而终结"


class Action(Named):
    """What is done with a case; that it is superseded or lapses follows from the brand's end."""

    NOTIFY = "notify", "告知"
    ANSWER = "answer", "陈述申辩"
    WAIVE = "waive", "放弃陈述申辩"
    REPORT = "report", "上报"
    CLOSE_UNFOUNDED = "close_unfounded", "不成立结案"
    RETURN = "return", "退回补充核实"
    REVOKE = "revoke", "撤销认定"
    DISMISS = "dismiss", "不予撤销"
    REOPEN = "reopen", "恢复办理"
    SUPERSEDE = "supersede", "另案已撤销"
    LAPSE = "lapse", "品牌已终止"


UNDECIDED: tuple[State, ...] = (State.OPENED, State.NOTICED, State.HEARD, State.REPORTED)
"""A case in one of these states waits for the district, the institution or the city."""

AT_DISTRICT: tuple[State, ...] = (State.OPENED, State.NOTICED, State.HEARD)
"""A case in one of these states has not been reported."""

NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        # A notice may be given again where more was found: the institution answers anew.
        **{(state, Action.NOTIFY): State.NOTICED for state in AT_DISTRICT},
        (State.NOTICED, Action.ANSWER): State.HEARD,
        (State.NOTICED, Action.WAIVE): State.HEARD,
        (State.NOTICED, Action.REPORT): State.REPORTED,
        (State.HEARD, Action.REPORT): State.REPORTED,
        **{(state, Action.CLOSE_UNFOUNDED): State.CLOSED_UNFOUNDED for state in AT_DISTRICT},
        (State.REPORTED, Action.RETURN): State.HEARD,
        (State.REPORTED, Action.REVOKE): State.REVOKED,
        (State.REPORTED, Action.DISMISS): State.DISMISSED,
        (State.CLOSED_UNFOUNDED, Action.REOPEN): State.OPENED,
        (State.DISMISSED, Action.REOPEN): State.REPORTED,
        **{(state, Action.SUPERSEDE): State.SUPERSEDED for state in UNDECIDED},
        **{(state, Action.LAPSE): State.LAPSED for state in UNDECIDED},
    }
)
