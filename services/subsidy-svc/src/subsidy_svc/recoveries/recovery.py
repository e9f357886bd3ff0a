"""A recovery (追回): its methods change its state, or give the refusal."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.kernel.money import Fen, yuan
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import FOUR_EYES, NOT_ALLOWED_NOW

from subsidy_svc.claims.reviewers import is_same_person
from subsidy_svc.problems import MORE_THAN_OWED
from subsidy_svc.recoveries.lifecycle import NEXT, Action, State


@dataclass(slots=True, kw_only=True)
class Recovery:
    """A paid claim to be got back. ``received_fen`` is kept by the database from the receipts."""

    id: UUID
    claim_id: UUID
    certificate_id: UUID
    person_key: str
    masked_name: str
    district: str
    amount_fen: int
    fund_year: int
    cause: str
    opened_on: date
    state: State
    received_fen: int = 0
    waived_fen: int = 0
    demand_document: str | None = None
    demanded_on: date | None = None
    due_on: date | None = None
    waiver_reason: str | None = None
    waiver_proposed_by: str | None = None
    waiver_proposed_by_person: str | None = None
    waiver_decided_by: str | None = None
    waiver_decided_by_person: str | None = None
    waiver_decided_at: datetime | None = None
    version: int = 1

    @property
    def outstanding_fen(self) -> int:
        """What is still owed."""
        return self.amount_fen - self.received_fen - self.waived_fen

    def is_overdue(self, today: date) -> bool:
        """Whether the day by which it had to be paid back is over (逾期)."""
        ended = self.state in (State.RECOVERED, State.WAIVED)
        return not ended and self.due_on is not None and self.due_on < today

    def demand(self, document: str, due_on: date, today: date) -> Refusal | None:
        """The district orders the money back by a day (责令退回; D06)."""
        if refusal := self._move(Action.DEMAND):
            return refusal
        self.demand_document, self.demanded_on, self.due_on = document, today, due_on
        return None

    def receive(self, fen: int) -> Refusal | None:
        """An instalment came in (退款到账); with the last one it is recovered."""
        if fen > self.outstanding_fen and self.state is State.DEMANDED:
            left, given = yuan(Fen(self.outstanding_fen)), yuan(Fen(fen))
            text = Text(f"尚欠{left}元，本次{given}元", f"{left} yuan are owed, not {given}")
            return Refusal(MORE_THAN_OWED, detail=text)
        return self._move(Action.COMPLETE if fen == self.outstanding_fen else Action.RECEIVE)

    def reverse_receipt(self) -> Refusal | None:
        """A receipt was recorded wrongly (冲销): what it counted is owed again."""
        return self._move(Action.REVERSE_RECEIPT)

    def propose_waiver(self, officer: Principal, reason: str) -> Refusal | None:
        """The district proposes that the rest be waived (提请减免)."""
        if refusal := self._move(Action.PROPOSE_WAIVER):
            return refusal
        self.waiver_reason = reason
        self.waiver_proposed_by, self.waiver_proposed_by_person = officer.subject, officer.person_key
        self.waiver_decided_by = self.waiver_decided_by_person = self.waiver_decided_at = None
        return None

    def decide_waiver(self, city: Principal, at: datetime, *, approved: bool) -> Refusal | None:
        """Another person of the city waives the rest, or does not (减免决定; D05)."""
        action = Action.APPROVE_WAIVER if approved else Action.REFUSE_WAIVER
        if refusal := self._move(action):
            return refusal
        if is_same_person(city, self.waiver_proposed_by, self.waiver_proposed_by_person):
            return Refusal(FOUR_EYES)
        self.waiver_decided_by, self.waiver_decided_by_person = city.subject, city.person_key
        self.waiver_decided_at = at
        if approved:
            self.waived_fen = self.outstanding_fen
        return None

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            text = Text(f"当前状态为 {self.state}", f"The recovery is {self.state}")
            return Refusal(NOT_ALLOWED_NOW, detail=text)
        self.state = following
        return None
