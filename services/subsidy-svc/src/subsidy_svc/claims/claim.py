"""A claim (申领): its methods change its state and return the events, or the refusal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.events.subsidy import (
    ClaimAccepted,
    ClaimApproved,
    ClaimCleared,
    ClaimDecisionUndone,
    ClaimEvent,
    ClaimHeld,
    ClaimNotAccepted,
    ClaimNoticed,
    ClaimRejected,
    ClaimStopped,
    ClaimSupplementAsked,
    ClaimSupplementGiven,
    ClaimWithdrawn,
)
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW

from subsidy_svc.claims.lifecycle import IN_REVIEW, NEXT, Action, State
from subsidy_svc.claims.origin import Channel
from subsidy_svc.claims.payee import Payee
from subsidy_svc.claims.reviewers import may_not_review, not_another, own_claim
from subsidy_svc.policy.facts import Account, Source
from subsidy_svc.policy.periods import Period
from subsidy_svc.policy.rechecks import ask_again_at
from subsidy_svc.problems import NOT_TAKEN, SUPPLEMENT_RUNNING

E = TypeVar("E", bound=ClaimEvent)
Change = Sequence[ClaimEvent] | Refusal


@dataclass(slots=True, kw_only=True)
class Claim:
    """One application for one certificate; ``amount_fen`` is fixed when it is submitted.

    ``fund_year`` is the year of the money (O04): that of the approval, whenever it is paid.
    ``due_on`` is the last day for the step that is awaited: acceptance, the supplement or approval (S07).
    ``case_number`` (办件编号) is that of the city's platform, where the application came through it.
    ``waiting_for`` are the registries that could not be asked, ``waiting_since`` when that began: the claim
    goes on once they have answered. Before that the enterprise's name and the account may not be known.
    """

    id: UUID
    certificate_id: UUID
    person_key: str
    district: str
    institution_credit_code: str
    project_code: str
    amount_fen: int
    enterprise_credit_code: str
    enterprise_name: str | None
    channel: Channel
    account_kind: str
    account_masked: str | None
    account_reason: str | None
    submitted_at: datetime
    state: State
    case_number: str | None = None
    phone_masked: str | None = None
    filed_by: str | None = None
    filed_by_person: str | None = None
    due_on: date | None = None
    taken_by: str | None = None
    taken_by_person: str | None = None
    taken_at: datetime | None = None
    accepted_by: str | None = None
    accepted_by_person: str | None = None
    approved_by: str | None = None
    approved_by_person: str | None = None
    notice_last_day: date | None = None
    fund_year: int | None = None
    decision_reason: str | None = None
    decision_article: str | None = None
    decided_by: str | None = None
    decided_by_person: str | None = None
    waiting_since: datetime | None = None
    waiting_for: Sequence[str] | None = None
    ask_again_at: datetime | None = None
    version: int = 1

    @property
    def waits(self) -> bool:
        """Whether it is in review and a registry has still to answer."""
        return self.waiting_since is not None and self.state in IN_REVIEW

    def wait_for(self, away: Iterable[Source], at: datetime) -> None:
        """Registries could not be asked (等待登记系统): the claim waits, from when the first was away."""
        self.waiting_since = self.waiting_since or at
        self.waiting_for = sorted(away)
        self.ask_again_at = ask_again_at(self.waiting_since, at)

    def go_on(self) -> None:
        """Every registry has answered."""
        self.waiting_since = self.waiting_for = self.ask_again_at = None

    def take(self, officer: Principal, at: datetime) -> Refusal | None:
        """The officer takes the case (领取): until it is handed back nobody else decides it (S07)."""
        if self.state not in IN_REVIEW:
            return self._not_now()
        refusal = may_not_review(officer, self)
        if refusal is None and self.state is State.ACCEPTED:
            refusal = self._approves_another(officer)
        if refusal is None:
            self.taken_by, self.taken_by_person, self.taken_at = officer.subject, officer.person_key, at
        return refusal

    def hand_back(self) -> Refusal | None:
        """The case goes back to the queue (退回待办; S07)."""
        if self.taken_by is None:
            return Refusal(NOT_TAKEN)
        self._release()
        return None

    def ask_supplement(self, officer: Principal, on: date, due_on: date, fields: Sequence[str]) -> Change:
        """Something is missing: the person is told all of it, with a day to give it by (补正告知; S07)."""
        if refusal := may_not_review(officer, self) or self._move(Action.ASK_SUPPLEMENT):
            return refusal
        self.due_on = due_on
        return [self.event(ClaimSupplementAsked, on, due_on=due_on, fields=list(fields))]

    def give_supplement(self, on: date, due_on: date) -> Change:
        """The person gave what was missing (补正); one that comes late is taken as long as nobody decided."""
        if refusal := self._move(Action.GIVE_SUPPLEMENT):
            return refusal
        self.due_on = due_on
        return [self.event(ClaimSupplementGiven, on)]

    def accept(self, officer: Principal, on: date, due_on: date) -> Change:
        """The district takes it up for review (受理; S07); the approval is due on ``due_on``."""
        if refusal := may_not_review(officer, self) or self._move(Action.ACCEPT):
            return refusal
        self.accepted_by, self.accepted_by_person = officer.subject, officer.person_key
        self.due_on = due_on
        self._release()
        return [self.event(ClaimAccepted, on)]

    def not_accept(self, officer: Principal, on: date, reason: str, article: str) -> Change:
        """The district does not take it up (不予受理; S07); the place is free again (D03).

        While a supplement is awaited only once its day is over.
        """
        if refusal := may_not_review(officer, self):
            return refusal
        if self.state is State.SUPPLEMENT_ASKED and self.due_on is not None and on <= self.due_on:
            text = Text(f"补正截止日为{self.due_on}", f"The supplement may come until {self.due_on}")
            return Refusal(SUPPLEMENT_RUNNING, detail=text)
        if refusal := self._move(Action.NOT_ACCEPT):
            return refusal
        self._decide(officer, reason, article)
        return [self.event(ClaimNotAccepted, on)]

    def approve(self, officer: Principal, on: date, notice: Period) -> Change:
        """Another person approves, and the notice begins (审核通过, 公示; S07, S08, D04, D05)."""
        refusal = may_not_review(officer, self) or self._move(Action.APPROVE)
        if refusal := refusal or self._approves_another(officer):
            return refusal
        self.approved_by, self.approved_by_person = officer.subject, officer.person_key
        self.notice_last_day, self.fund_year = notice.last_day, on.year
        self._end_review()
        noticed = self.event(
            ClaimNoticed,
            on,
            notice_first_day=notice.first_day,
            notice_last_day=notice.last_day,
            notice_last_day_provisional=notice.provisional,
        )
        return [self.event(ClaimApproved, on), noticed]

    def reject(self, officer: Principal, on: date, reason: str, article: str | None) -> Change:
        """The district does not approve (审核不通过); the place is free again (D03)."""
        if refusal := may_not_review(officer, self) or self._move(Action.REJECT):
            return refusal
        self._decide(officer, reason, article)
        return [self.event(ClaimRejected, on)]

    def undo(self, officer: Principal, on: date, due_on: date) -> Change:
        """Another person undoes the last decision, on which nothing rests yet (撤销决定; S07, D05).

        The claim stands again before that decision, with ``due_on`` for the step that is awaited anew.
        """
        undone, by = _UNDONE.get(self.state), (self.decided_by, self.decided_by_person)
        if self.state is State.ACCEPTED:
            by = (self.accepted_by, self.accepted_by_person)
        refusal = may_not_review(officer, self) or self._move(Action.UNDO)
        if refusal := refusal or not_another(officer, *by, _ANOTHER_UNDOES):
            return refusal
        if self.state is State.SUBMITTED:
            self.accepted_by = self.accepted_by_person = None
        self.decision_reason = self.decision_article = self.decided_by = self.decided_by_person = None
        self._release()
        self.due_on = due_on
        return [self.event(ClaimDecisionUndone, on, undone=undone)]

    def withdraw(self, on: date) -> Change:
        """The person takes it back (撤回), unless it is cleared or paid; the place is free again (D03)."""
        if refusal := self._move(Action.WITHDRAW):
            return refusal
        self._end_review()
        return [self.event(ClaimWithdrawn, on)]

    def object(self, on: date) -> Change:
        """An objection holds this claim alone (异议; S09, D04); a second one changes nothing more."""
        was_held = self.state is State.HELD
        if refusal := self._move(Action.OBJECT):
            return refusal
        return [] if was_held else [self.event(ClaimHeld, on)]

    def release(self, action: Action, on: date, notice: Period) -> Change:
        """No objection stands any more: the notice goes on, or is over and the claim cleared (S09).

        ``action`` says what became of the last one: not accepted, or dismissed.
        """
        return self._move(action) or (self.clear(on) if notice.is_over(on) else [])

    def uphold_objection(self, on: date, reason: str, article: str) -> Change:
        """The objection was right: the claim stops (S09); the place is free again (D03)."""
        if refusal := self._move(Action.UPHOLD_OBJECTION):
            return refusal
        self.decision_reason, self.decision_article = reason, article
        return [self.event(ClaimStopped, on, cause="objection_upheld")]

    def clear(self, on: date) -> Change:
        """The notice closed without a standing objection (公示无异议; S09)."""
        return self._move(Action.CLEAR) or [self.event(ClaimCleared, on)]

    def change_account(self, on: date, account: Account, payee: Payee) -> Change:
        """The person names another account while the claim is in review, or after the bank refused one (S11).

        What the bank refused is paid again once an officer has confirmed the account (更正账户).
        """
        if refusal := self._move(Action.CHANGE_ACCOUNT):
            return refusal
        self.account_kind, self.account_reason = account.kind, account.reason
        self.account_masked = payee.masked
        return []

    def confirm_account(self, officer: Principal, on: date) -> Change:
        """An officer confirms the account (复核账户; S11, D05); the next batch takes the claim."""
        if refusal := self._move(Action.CONFIRM_ACCOUNT) or own_claim(officer, self.person_key):
            return refusal
        return [self.event(ClaimCleared, on)]

    def refuse_account(self, officer: Principal) -> Change:
        """The account is not right (账户复核不通过): the person may name another."""
        return self._move(Action.REFUSE_ACCOUNT) or own_claim(officer, self.person_key) or []

    def stop(self, on: date, cause: Literal["certificate_revoked"]) -> Change:
        """Stops it because its certificate was revoked (D06)."""
        if refusal := self._move(Action.STOP):
            return refusal
        self._end_review()
        return [self.event(ClaimStopped, on, cause=cause)]

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

    def _approves_another(self, officer: Principal) -> Refusal | None:
        """Neither who accepted the claim nor who filed it at a counter approves it (D05)."""
        return not_another(
            officer, self.accepted_by, self.accepted_by_person, _ANOTHER_APPROVES
        ) or not_another(officer, self.filed_by, self.filed_by_person, _NOT_WHO_FILED)

    def _decide(self, officer: Principal, reason: str, article: str | None) -> None:
        self.decision_reason, self.decision_article = reason, article
        self.decided_by, self.decided_by_person = officer.subject, officer.person_key
        self._end_review()

    def _end_review(self) -> None:
        self.due_on = None
        self._release()

    def _release(self) -> None:
        self.taken_by = self.taken_by_person = self.taken_at = None

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return self._not_now()
        self.state = following
        return None

    def _not_now(self) -> Refusal:
        text = Text(f"当前状态为 {self.state}", f"The claim is {self.state}")
        return Refusal(NOT_ALLOWED_NOW, detail=text)


_UNDONE = {
    State.ACCEPTED: "acceptance",
    State.NOT_ACCEPTED: "non_acceptance",
    State.REJECTED: "rejection",
}
_ANOTHER_APPROVES = Text("受理人不得审核同一申领（D05）", "Who accepted a claim may not approve it (D05)")
_NOT_WHO_FILED = Text(
    "窗口代为申请的经办人不得审核同一申领（D05）", "Who filed a claim at a counter may not approve it (D05)"
)
_ANOTHER_UNDOES = Text("决定须由另一人撤销（D05）", "Another person must undo a decision (D05)")
