"""How an application came (申请渠道), and how the person can be reached."""

from enum import StrEnum
from typing import NamedTuple


class Channel(StrEnum):
    """The channel of an application (S06).

    ``web``, ``app`` and ``terminal`` are the platform's (一网通办网页、随申办、自助终端); ``online`` is any
    other.
    """

    ONLINE = "online"
    WEB = "web"
    APP = "app"
    TERMINAL = "terminal"
    COUNTER = "counter"


class Origin(NamedTuple):
    """The channel, the platform's case number (办件编号) and a phone, where there is one."""

    channel: Channel
    case_number: str | None = None
    phone: str | None = None
