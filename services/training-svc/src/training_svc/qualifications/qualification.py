"""A qualification (资质): an institution's right to run a stage-3 project by a version of its standard."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.events.base import Event, ProjectRef
from chuangpei.events.training import (
    QualificationAmended,
    QualificationApproved,
    QualificationExpired,
    QualificationRestored,
    QualificationResumed,
    QualificationRevoked,
    QualificationSuspended,
)
from chuangpei.kernel.refusals import Finding, Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.policy.decision import Decision
from training_svc.policy.parameters import Parameters
from training_svc.policy.qualification import Figures, period_of
from training_svc.problems import CRITERIA_NOT_MET
from training_svc.qualifications.lifecycle import DECIDED, NEXT, Action, State, standing


@dataclass(frozen=True, slots=True)
class Review:
    """What a district's officer found (核实) and says of an application, and what the rules make of it."""

    by: str
    at: datetime
    on: date
    found: Figures | None
    reason: str | None
    decision: Decision


@dataclass(slots=True)
class Qualification:
    """One application and what became of it; ``district`` is the one that decides (T07).

    ``declared`` is what the institution says of itself, ``found`` what the district found; ``findings`` are
    the rules' on the latter, or on the former before the review. ``valid_until`` is its last whole day.
    ``standing_since`` and ``standing_reason`` tell of the last suspension, resumption or revocation.
    """

    id: UUID
    institution_id: UUID
    credit_code: str
    project: ProjectRef
    standard_version: str
    district: str
    state: State
    created_at: datetime
    version: int
    declared: Figures | None = None
    found: Figures | None = None
    findings: tuple[Finding, ...] = ()
    submitted_at: datetime | None = None
    decided_on: date | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    standing_since: date | None = None
    standing_reason: str | None = None

    def standing(self, today: date) -> State:
        """Its state on ``today``."""
        return standing(self.state, self.valid_until, today)

    def revise(self, standard_version: str, declared: Figures | None) -> Refusal | None:
        """The institution fills a draft (草稿) anew."""
        if self.state is not State.DRAFT:
            return Refusal(NOT_ALLOWED_NOW)
        self.standard_version, self.declared = standard_version, declared
        self.version += 1
        return None

    def submit(self, decision: Decision, at: datetime, today: date) -> Refusal | None:
        """The institution hands it in (提交); ``decision`` is of its own figures, and bars nothing yet."""
        refusal = self._step(Action.SUBMIT, today)
        if refusal is None:
            self.submitted_at, self.findings = at, decision.findings
        return refusal

    def withdraw(self, today: date) -> Refusal | None:
        """The institution takes it back before it is decided (撤回)."""
        return self._step(Action.WITHDRAW, today)

    def approve(
        self, review: Review, granted_until: date | None, parameters: Parameters | None
    ) -> QualificationApproved | Refusal:
        """The district approves, strictly by the cited standard (T07); tells so in an event.

        ``granted_until`` is the last day of what it renews; ``parameters`` are today's, None outside the law.
        """
        refusal = review.decision.refusal(CRITERIA_NOT_MET) or self._decide(Action.APPROVE, review)
        if refusal:
            return refusal
        assert parameters is not None, "the law is in force, as the decision found"
        years = parameters.qualification_years
        self.valid_from, self.valid_until = period_of(review.on, granted_until, years)
        return QualificationApproved(
            standard_version=self.standard_version,
            approved_on=review.on,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            **self._named(),
        )

    def reject(self, review: Review) -> Refusal | None:
        """The district rejects, saying why, with the findings; the institution may apply again (T07)."""
        return self._decide(Action.REJECT, review)

    def suspend(self, on: date, reason: str) -> QualificationSuspended | Refusal:
        """The district suspends it (暂停): no class is filed by it, those that run go on (T07, T08)."""
        refusal = self._change_standing(Action.SUSPEND, on, reason)
        return refusal or QualificationSuspended(suspended_on=on, **self._named())

    def resume(self, on: date, reason: str) -> QualificationResumed | Refusal:
        """The district lifts a suspension (恢复)."""
        refusal = self._change_standing(Action.RESUME, on, reason)
        return refusal or QualificationResumed(resumed_on=on, **self._named())

    def revoke(self, on: date, reason: str) -> QualificationRevoked | Refusal:
        """The district revokes it for good (撤销; T08)."""
        refusal = self._change_standing(Action.REVOKE, on, reason)
        return refusal or QualificationRevoked(revoked_on=on, **self._named())

    def expire(self) -> QualificationExpired:
        """Time has ended it (到期)."""
        assert self.valid_until is not None, "what is granted has its last day"
        self.state = NEXT[self.state, Action.EXPIRE]
        self.version += 1
        return QualificationExpired(valid_until=self.valid_until, **self._named())

    def reopen(self, today: date, decision: Decision) -> Refusal | None:
        """The district takes a mistaken rejection back (重新审核): it is as it was submitted (T07)."""
        refusal = self._step(Action.REOPEN, today)
        if refusal is None:
            self.found, self.findings, self.reason = None, decision.findings, None
            self.decided_by, self.decided_at, self.decided_on = None, None, None
        return refusal

    def restore(self, today: date) -> QualificationRestored | Refusal:
        """The district takes a mistaken revocation back (撤回撤销): it stands approved (T07)."""
        refusal = self._step(Action.RESTORE, today)
        if refusal:
            return refusal
        self.standing_since, self.standing_reason = None, None
        assert self.valid_until is not None, "what was granted has its last day"
        return QualificationRestored(valid_until=self.valid_until, restored_on=today, **self._named())

    def amend_standing(self, since: date | None, reason: str | None) -> Event | Refusal | None:
        """Corrects since when and why it is suspended, resumed or revoked; tells of another day (T07)."""
        if self.standing_since is None:
            return Refusal(NOT_ALLOWED_NOW)
        moved = since is not None and since != self.standing_since
        self.standing_since = since or self.standing_since
        self.standing_reason = reason or self.standing_reason
        if not moved:
            return None
        if self.state is State.SUSPENDED:
            return QualificationSuspended(suspended_on=self.standing_since, **self._named())
        if self.state is State.REVOKED:
            return QualificationRevoked(revoked_on=self.standing_since, **self._named())
        return QualificationResumed(resumed_on=self.standing_since, **self._named())

    def amend(
        self, today: date, found: Figures | None, decision: Decision, reason: str | None, until: date | None
    ) -> QualificationAmended | Refusal | None:
        """Amends what was recorded at the decision; what stands granted must meet the standard by it (T07).

        ``found``, ``reason`` and ``until`` are the values from now on. Tells of another last day in an event.
        """
        state = self.standing(today)
        if state not in DECIDED:
            return Refusal(NOT_ALLOWED_NOW)
        if state not in (State.REJECTED, State.REVOKED) and not decision.holds:
            return decision.refusal(CRITERIA_NOT_MET)
        moved = until != self.valid_until
        self.found, self.findings, self.reason, self.valid_until = found, decision.findings, reason, until
        self.version += 1
        if not moved or self.valid_from is None or until is None:
            return None
        return QualificationAmended(
            valid_from=self.valid_from, valid_until=until, amended_on=today, **self._named()
        )

    def _decide(self, action: Action, review: Review) -> Refusal | None:
        refusal = self._step(action, review.on)
        if refusal is None:
            self.found, self.findings, self.reason = review.found, review.decision.findings, review.reason
            self.decided_by, self.decided_at, self.decided_on = review.by, review.at, review.on
        return refusal

    def _change_standing(self, action: Action, on: date, reason: str) -> Refusal | None:
        refusal = self._step(action, on)
        if refusal is None:
            self.standing_since, self.standing_reason = on, reason
        return refusal

    def _step(self, action: Action, today: date) -> Refusal | None:
        following = NEXT.get((self.standing(today), action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = following
        self.version += 1
        return None

    def _named(self) -> dict[str, Any]:
        return {
            "credit_code": self.credit_code,
            "institution_id": self.institution_id,
            "qualification_id": self.id,
            "project": self.project,
        }
