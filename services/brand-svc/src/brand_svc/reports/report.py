"""The aggregate: one report (举报) of an institution; what it says and who reports rest encrypted (B10)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from chuangpei.events.base import ExitGround
from chuangpei.kernel.refusals import Refusal
from chuangpei.privacy import Privacy

from brand_svc.reports.lifecycle import NEXT, Action, State
from brand_svc.signals.signal import Signal
from brand_svc.transitions import move

Channel = Literal["public", "agency", "transferred"]
"""From the public (网上), from another agency (部门移送), or taken down by an officer (来信来访)."""

CONTENT, NAME, PHONE = "report.content", "report.name", "report.phone"


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports (举报人), sealed; an anonymous report (匿名) has none."""

    masked_name: str
    masked_phone: str
    name_encrypted: str
    phone_encrypted: str


@dataclass(slots=True)
class Report:
    """``receipt`` lets whoever reported see what came of it; ``outcome`` is why it was accepted or not."""

    OBJECT_TYPE: ClassVar[str] = "report"

    id: UUID
    receipt: str
    channel: Channel
    credit_code: str
    institution_name: str
    district: str
    content_encrypted: str
    reporter: Reporter | None
    state: State
    received_on: date
    received_at: datetime
    received_from: str
    ground: ExitGround | None = None
    outcome: str | None = None
    decided_on: date | None = None
    decided_by: str | None = None
    version: int = 1

    def accept(self, ground: ExitGround, outcome: str, by: str, today: date) -> Refusal | None:
        """It is worth looking into (受理), on a ground: from now on it is a signal."""
        refused = move(NEXT, self, Action.ACCEPT)
        if refused is None:
            self.ground = ground
            self._decided(outcome, by, today)
        return refused

    def decline(self, outcome: str, by: str, today: date) -> Refusal | None:
        """It is not (不予受理), and why."""
        refused = move(NEXT, self, Action.DECLINE)
        if refused is None:
            self._decided(outcome, by, today)
        return refused

    def reopen(self) -> Refusal | None:
        """It was declined by mistake, and is looked at anew."""
        refused = move(NEXT, self, Action.REOPEN)
        if refused is None:
            self.outcome = self.decided_on = self.decided_by = None
        return refused

    def signal(self, at: datetime) -> Signal:
        """The signal of an accepted report; of who reported and what was said it has nothing."""
        return Signal(
            id=self.id,
            source="report",
            reference=self.receipt,
            credit_code=self.credit_code,
            ground=self.ground,
            reason_code=self.channel,
            occurred_on=self.received_on,
            received_at=at,
            institution_name=self.institution_name,
            district=self.district,
            recorded_by=self.decided_by,
            statement=self.outcome,
        )

    def opened(self, privacy: Privacy) -> tuple[str, str | None, str | None]:
        """The clear content, name and phone, for who may read them and said why."""
        content = privacy.at_rest.decrypt(self.content_encrypted, CONTENT)
        if self.reporter is None:
            return content, None, None
        name = privacy.at_rest.decrypt(self.reporter.name_encrypted, NAME)
        return content, name, privacy.at_rest.decrypt(self.reporter.phone_encrypted, PHONE)

    def _decided(self, outcome: str, by: str, today: date) -> None:
        self.outcome, self.decided_by, self.decided_on = outcome, by, today
