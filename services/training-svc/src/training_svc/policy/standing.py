"""Whether an institution may begin anything new (T06, T08): it is open, and nothing bars it."""

from dataclasses import dataclass
from enum import StrEnum

from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.findings import Rule, finding


class SanctionKind(StrEnum):
    """What was imposed on an institution.

    行政处罚: 警告, 罚款, 没收, 责令停业整顿, 暂扣许可证, 吊销许可证, 其他; and 列入严重失信名单.
    """

    WARNING = "warning"
    FINE = "fine"
    CONFISCATION = "confiscation"
    STOP_FOR_RECTIFICATION = "stop_for_rectification"
    LICENCE_SUSPENDED = "licence_suspended"
    LICENCE_REVOKED = "licence_revoked"
    OTHER = "other"
    DISHONESTY_LISTING = "dishonesty_listing"


STOPPING = frozenset(
    {
        SanctionKind.STOP_FOR_RECTIFICATION,
        SanctionKind.LICENCE_SUSPENDED,
        SanctionKind.LICENCE_REVOKED,
    }
)
"""责令停业整顿等类似处罚: the penalties that stop an institution, ground X3 (B11)."""

BARRING = STOPPING | {SanctionKind.DISHONESTY_LISTING}
"""What bars an institution from new classes while it is in force (T08, ground X3)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an institution stands on one day; ``barred_by`` names what is in force against it."""

    closed: bool
    barred_by: tuple[str, ...]


def institution_is_open(standing: Standing) -> Finding:
    """T06: an institution that has closed (已停办) holds nothing new."""
    text = Text("已停办的机构不得开展新的培训", "A closed institution begins nothing new")
    return finding("T06", not standing.closed, "closed" if standing.closed else "open", "open", text)


def institution_is_not_barred(standing: Standing) -> Finding:
    """T08: none begins anything new while ordered to stop (停业整顿) or listed as dishonest (X3)."""
    text = Text(
        "停业整顿等处罚期间或列入严重失信名单期间，不得开展新的培训",
        "Nothing new begins while the institution is ordered to stop or is on the serious-dishonesty list",
    )
    fact = ", ".join(standing.barred_by) or "—"
    return finding("T08", not standing.barred_by, fact, "—", text)


STANDING_RULES: tuple[Rule[Standing], ...] = (institution_is_open, institution_is_not_barred)
