"""The city's platform (一网通办): it is told how a claim stands that came through it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.origin import Channel


@dataclass(frozen=True, slots=True)
class Push:
    """Everything that may be told of a change (状态推送); what of it is told, the mapping says.

    ``message_id`` is the same at each try; ``number`` rises with each push of one claim. ``holder`` is
    masked. Money is integer fen, days are those of Asia/Shanghai.
    """

    message_id: UUID
    number: int
    case_number: str
    channel: Channel
    claim_id: UUID
    state: State
    changed_at: datetime
    reason: str | None
    article: str | None
    due_on: date | None
    notice_last_day: date | None
    district: str
    certificate_number: str
    holder: str
    institution_name: str
    project_name: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Taken:
    """The platform has it."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It has not, as far as we know.

    ``away``: that is not this message's fault, and others would fare no better just now.
    """

    error: str
    away: bool
    retry_after_seconds: float = 0.0


class Platform(Protocol):
    """Takes pushes."""

    async def tell(self, push: Push) -> Taken | NotTaken:
        """Whether the platform took it; whatever the platform does, this does not raise."""

    async def close(self) -> None:
        """Lets go of its connections."""
