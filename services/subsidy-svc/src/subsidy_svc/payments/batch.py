"""A payment batch (支付批次): its methods change its state and return the events, or the refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.events.base import Event
from chuangpei.events.subsidy import PaymentBatchReturned, PaymentBatchSealed, PaymentBatchSettled
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW

from subsidy_svc.payments.lifecycle import NEXT, Action, State

Change = Sequence[Event] | Refusal


@dataclass(frozen=True, slots=True)
class Totals:
    """Control totals (控制总数) of a batch: its lines, their sum in fen, the SHA-256 of its content."""

    lines: int
    total_fen: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the bank answered over all of a batch's files."""

    settled_lines: int
    settled_fen: int
    failed_lines: int


@dataclass(slots=True, kw_only=True)
class Batch:
    """One district's claims to be paid together (S10). The totals are fixed from the seal on.

    ``end_reason`` says why a draft was discarded or the city gave the batch back.
    """

    id: UUID
    number: str
    district: str
    state: State
    drafted_at: datetime
    lines: int | None = None
    total_fen: int | None = None
    sha256: str | None = None
    sealed_at: datetime | None = None
    exported_at: datetime | None = None
    end_reason: str | None = None
    version: int = 1

    @property
    def totals(self) -> Totals | None:
        """The control totals as sealed, or None before the seal."""
        if self.lines is None or self.total_fen is None or self.sha256 is None:
            return None
        return Totals(self.lines, self.total_fen, self.sha256)

    def seal(self, totals: Totals, at: datetime, on: date) -> Change:
        """Fixes the content and its control totals (封存; S10)."""
        if refusal := self.move(Action.SEAL):
            return refusal
        self.lines, self.total_fen, self.sha256 = totals.lines, totals.total_fen, totals.sha256
        self.sealed_at = at
        return [PaymentBatchSealed.model_validate(self._told(on))]

    def discard(self, reason: str) -> Change:
        """The district gives a draft up (作废): its claims are free for another."""
        if refusal := self.move(Action.DISCARD):
            return refusal
        self.end_reason = reason
        return []

    def hand_over(self) -> Change:
        """The district hands it to the city (上报; S10)."""
        return self.move(Action.HAND_OVER) or []

    def receive(self) -> Change:
        """The city takes it (接收; S10)."""
        return self.move(Action.RECEIVE) or []

    def give_back(self, reason: str, on: date) -> Change:
        """The city does not take it (退回; S10): what was sealed stays, the claims are free again."""
        if refusal := self.move(Action.RETURN):
            return refusal
        self.end_reason = reason
        return [PaymentBatchReturned.model_validate(self._told(on))]

    def export(self, at: datetime) -> Change:
        """The file for the bank is made (导出); it may be made again, and is the same."""
        if refusal := self.move(Action.EXPORT):
            return refusal
        self.exported_at = self.exported_at or at
        return []

    def settle(self, settlement: Settlement, on: date) -> Change:
        """Every line has the bank's answer (结清)."""
        if refusal := self.move(Action.SETTLE):
            return refusal
        answered = {
            "settled_lines": settlement.settled_lines,
            "settled_fen": settlement.settled_fen,
            "failed_lines": settlement.failed_lines,
        }
        return [PaymentBatchSettled.model_validate(self._told(on) | answered)]

    def move(self, action: Action) -> Refusal | None:
        """Takes the one road's next step, or refuses."""
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(
                NOT_ALLOWED_NOW, detail=Text(f"批次当前状态为 {self.state}", f"The batch is {self.state}")
            )
        self.state = following
        return None

    def _told(self, on: date) -> dict[str, object]:
        return {
            "batch_id": self.id,
            "number": self.number,
            "district": self.district,
            "lines": self.lines,
            "total_fen": self.total_fen,
            "sha256": self.sha256,
            "on": on,
        }
