"""A claim (申领): its methods change its state and return the events, or the refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.events.subsidy import (
    ClaimAccepted,
    ClaimApproved,
    ClaimCleared,
    ClaimEvent,
    ClaimHeld,
    ClaimNoticed,
    ClaimRejected,
    ClaimStopped,
    ClaimWithdrawn,
)
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import FOUR_EYES, NOT_ALLOWED_NOW

from subsidy_svc.claims.lifecycle import NEXT, Action, State
from subsidy_svc.claims.payee import Payee
from subsidy_svc.policy.facts import Account
from subsidy_svc.policy.periods import Period

E = TypeVar("E", bound=ClaimEvent)
Change = Sequence[ClaimEvent] | Refusal


@dataclass(slots=True, kw_only=True)
class Claim:
    """One application for one certificate; ``amount_fen`` is fixed when it is submitted.

    ``fund_year`` is the year of the money (O04): that of the approval, whenever it is paid.
    """

    id: UUID
    certificate_id: UUID
    person_key: str
    district: str
    institution_credit_code: str
    project_code: str
    amount_fen: int
    enterprise_credit_code: str
    enterprise_name: str
    channel: str
    account_kind: str
    account_masked: str
    account_reason: str | None
    submitted_at: datetime
    state: State
    accepted_by: str | None = None
    accepted_by_person: str | None = None
    approved_by: str | None = None
    approved_by_person: str | None = None
    notice_last_day: date | None = None
    fund_year: int | None = None
    decision_reason: str | None = None
    version: int = 1

    def accept(self, officer: Principal, on: date) -> Change:
        """The district takes it up for review (受理; S07)."""
        if refusal := self._move(Action.ACCEPT):
            return refusal
        self.accepted_by, self.accepted_by_person = officer.subject, officer.person_key
        return [self.event(ClaimAccepted, on)]

    def approve(self, officer: Principal, on: date, notice: Period) -> Change:
        """Another person approves, and the notice begins (审核通过, 公示; S07, S08, D04, D05)."""
        if refusal := self._move(Action.APPROVE):
            return refusal
        if _is_same_person(officer, self.accepted_by, self.accepted_by_person):
            return Refusal(FOUR_EYES, detail=_ANOTHER_APPROVES)
        self.approved_by, self.approved_by_person = officer.subject, officer.person_key
        self.notice_last_day, self.fund_year = notice.last_day, on.year
        noticed = self.event(
            ClaimNoticed, on, notice_first_day=notice.first_day, notice_last_day=notice.last_day
        )
        return [self.event(ClaimApproved, on), noticed]

    def reject(self, on: date, reason: str) -> Change:
        """The district does not approve (审核不通过); the place is free again (D03)."""
        if refusal := self._move(Action.REJECT):
            return refusal
        self.decision_reason = reason
        return [self.event(ClaimRejected, on)]

    def withdraw(self, on: date) -> Change:
        """The person takes it back (撤回), unless it is cleared or paid; the place is free again (D03)."""
        return self._move(Action.WITHDRAW) or [self.event(ClaimWithdrawn, on)]

    def object(self, on: date) -> Change:
        """An objection holds this claim alone (异议; S09, D04); a second one changes nothing more."""
        was_held = self.state is State.HELD
        if refusal := self._move(Action.OBJECT):
            return refusal
        return [] if was_held else [self.event(ClaimHeld, on)]

    def dismiss_last_objection(self, on: date) -> Change:
        """No objection stands any more: the notice goes on, or is over and the claim cleared (S09)."""
        if refusal := self._move(Action.DISMISS_OBJECTION):
            return refusal
        assert self.notice_last_day is not None, "a held claim was noticed"
        return self.clear(on) if self.notice_last_day < on else []

    def uphold_objection(self, on: date, reason: str) -> Change:
        """The objection was right: the claim stops (S09); the place is free again (D03)."""
        if refusal := self._move(Action.UPHOLD_OBJECTION):
            return refusal
        self.decision_reason = reason
        return [self.event(ClaimStopped, on, cause="objection_upheld")]

    def clear(self, on: date) -> Change:
        """The notice closed without a standing objection (公示无异议; S09)."""
        return self._move(Action.CLEAR) or [self.event(ClaimCleared, on)]

    def change_account(self, on: date, account: Account, payee: Payee) -> Change:
        """The bank refused the account: the person names one that takes the money (更正账户; S11).

        The claim was noticed already, so it is cleared again at once and the next batch takes it.
        """
        if refusal := self._move(Action.CHANGE_ACCOUNT):
            return refusal
        self.account_kind, self.account_reason = account.kind, account.reason
        self.account_masked = payee.masked
        return [self.event(ClaimCleared, on)]

    def stop(self, on: date, cause: Literal["certificate_revoked"]) -> Change:
        """Stops it because its certificate was revoked (D06)."""
        return self._move(Action.STOP) or [self.event(ClaimStopped, on, cause=cause)]

    def event(self, kind: type[E], on: date, **more: Any) -> E:
        """An event of this claim as it stands now."""
        return kind(
            claim_id=self.id,
            certificate_id=self.certificate_id,
            person_key=self.person_key,
            district=self.district,
            institution_credit_code=self.institution_credit_code,
            project_code=self.project_code,
            amount_fen=self.amount_fen,
            state=self.state,
            on=on,
            **more,
        )

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            text = Text(f"当前状态为 {self.state}", f"The claim is {self.state}")
            return Refusal(NOT_ALLOWED_NOW, detail=text)
        self.state = following
        return None


_ANOTHER_APPROVES = Text("受理人不得审核同一申领（D05）", "Who accepted a claim may not approve it (D05)")


def _is_same_person(officer: Principal, subject: str | None, person_key: str | None) -> bool:
    """By account and, where both are known, by person: two accounts of one person are one pair of eyes."""
    return officer.subject == subject or (officer.person_key is not None and officer.person_key == person_key)
