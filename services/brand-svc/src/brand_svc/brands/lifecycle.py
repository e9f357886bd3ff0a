"""The states of a brand (品牌) and the steps between them; pure. No step is taken by a timer (D08)."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """有效 · 终止 · 撤销."""

    ACTIVE = "active", "有效"
    ENDED = "ended", "终止"
    REVOKED = "revoked", "撤销"


class Action(Named):
    """新名单公布而终止 · 撤销认定."""

    END = "end", "新名单公布而终止"
    REVOKE = "revoke", "撤销认定"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.ACTIVE, Action.END): State.ENDED,
        (State.ACTIVE, Action.REVOKE): State.REVOKED,
    }
)
