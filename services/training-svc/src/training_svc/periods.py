"""Periods of civil dates as bodies give them: a first day and, it may be, a last one."""

from datetime import date

from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text

_ENDS_TOO_EARLY = Text("结束早于开始", "It ends before it starts")


def not_before(last: date | None, first: date | None) -> date | None:
    """A period's last day, for validators; raises :class:`InvalidText` where it comes before the first."""
    if first is not None and last is not None and last < first:
        raise InvalidText(_ENDS_TOO_EARLY)
    return last
