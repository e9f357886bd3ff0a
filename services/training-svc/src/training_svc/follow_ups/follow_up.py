"""A follow-up (跟踪服务): what became of a trainee who completed, and the checks of the businesses opened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.classes.training_class import TrainingClass
from training_svc.enrolments.enrolment import Enrolment
from training_svc.follow_ups.lifecycle import NEXT, Action, State
from training_svc.policy.decision import decide
from training_svc.policy.follow_up import (
    CHECK_RULES,
    CLOSING_RULES,
    OPENING_RULES,
    CheckFacts,
    CheckKind,
    ClosingFacts,
    FollowUpParameters,
    OpeningFacts,
    PlannedCheck,
    ServiceKind,
    opening_check,
    trading_checks,
)
from training_svc.problems import FOLLOW_UP_REFUSED

_NO_JOBS_TOLD = Text("该核查未填写带动就业人数", "That check told no jobs")


@dataclass(slots=True)
class Check:
    """A check (跟踪核查) due on a day; ``passed`` once made: opened, or still trading, with its jobs."""

    id: UUID
    kind: CheckKind
    months: int
    due_on: date
    business_id: UUID | None
    passed: bool | None = None
    jobs: int | None = None
    checked_on: date | None = None
    checked_by: str | None = None
    note: str | None = None

    def settle(self, passed: bool, jobs: int | None, on: date, by: str, note: str | None) -> None:
        """Keeps the answer."""
        self.passed, self.jobs, self.note = passed, jobs, note
        self.checked_on, self.checked_by = on, by

    def reopen(self) -> None:
        """Takes the answer back."""
        self.passed, self.jobs, self.note, self.checked_on, self.checked_by = None, None, None, None, None


@dataclass(slots=True)
class Business:
    """A business (创业组织) of the trainee; ``jobs`` are those last told, none once it has closed.

    ``code_valid`` is False for a code of the early days, which fails the check of GB 32100.
    """

    id: UUID
    number: int
    name: str
    credit_code: str
    code_valid: bool
    opened_on: date
    jobs: int
    closed_on: date | None = None
    closing_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReceivedService:
    """A service (后续服务) that the trainee received on a day, and who gave it."""

    id: UUID
    kind: ServiceKind
    provided_on: date
    provided_by: str
    note: str | None


@dataclass(slots=True)
class FollowUp:
    """One completed enrolment and what became of it; ``business`` is the last one opened.

    ``checks`` are the opening check and those of ``business``. ``earlier_closed_on`` is when the
    business before it closed, if there was one. ``help_wanted`` asks for help to start again.
    """

    id: UUID
    completed_on: date
    state: State
    help_wanted: bool
    version: int
    business: Business | None = None
    earlier_closed_on: date | None = None
    checks: list[Check] = field(default_factory=list)

    def open_business(
        self, business: Business, parameters: FollowUpParameters, today: date, by: str
    ) -> Refusal | None:
        """The trainee opened a business, or started again; its checks are planned from that day (T11)."""
        following = NEXT.get((self.state, Action.OPEN))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        earlier = self.business.closed_on if self.business else None
        facts = OpeningFacts(business.opened_on, earlier, today)
        if refusal := decide(OPENING_RULES, facts).refusal(FOLLOW_UP_REFUSED):
            return refusal
        business.number = self.business.number + 1 if self.business else 1
        self.state, self.business, self.help_wanted = following, business, False
        self.earlier_closed_on = earlier
        for check in self.checks:
            if check.kind is CheckKind.OPENING and check.passed is None:
                check.settle(True, None, today, by, None)
        self.checks += [_planned(one, business) for one in self._trading(parameters)]
        self.version += 1
        return None

    def close_business(
        self, closed_on: date, reason: str, wants_help: bool, today: date, by: str
    ) -> Refusal | None:
        """The business closed: that answers its open checks; help to start again may be asked (O14)."""
        following = NEXT.get((self.state, Action.CLOSE))
        if following is None or self.business is None:
            return Refusal(NOT_ALLOWED_NOW)
        facts = ClosingFacts(self.business.opened_on, closed_on, today)
        if refusal := decide(CLOSING_RULES, facts).refusal(FOLLOW_UP_REFUSED):
            return refusal
        self.state, self.help_wanted = following, wants_help
        self.business.closed_on, self.business.closing_reason, self.business.jobs = closed_on, reason, 0
        for check in self.checks:
            if check.kind is CheckKind.TRADING and check.passed is None:
                check.settle(False, None, today, by, reason)
        self.version += 1
        return None

    def record_check(
        self, check: Check, jobs: int | None, note: str | None, days_early: int, today: date, by: str
    ) -> Refusal | None:
        """The business still trades, with so many jobs; or, half a year on, nothing has been opened (T11)."""
        if check.passed is not None:
            return Refusal(NOT_ALLOWED_NOW)
        facts = CheckFacts(check.kind, check.due_on, days_early, jobs, today)
        if refusal := decide(CHECK_RULES, facts).refusal(FOLLOW_UP_REFUSED):
            return refusal
        check.settle(check.kind is CheckKind.TRADING, jobs, today, by, note)
        if self.business is not None and jobs is not None:
            self.business.jobs = jobs
        self.version += 1
        return None

    def amend_business(
        self, changed: Business, parameters: FollowUpParameters, today: date
    ) -> Refusal | None:
        """Corrects what was recorded of the business; checks that are still open move with its opening."""
        closed_on = changed.closed_on
        decisions = [decide(OPENING_RULES, OpeningFacts(changed.opened_on, self.earlier_closed_on, today))]
        if closed_on is not None:
            decisions.append(decide(CLOSING_RULES, ClosingFacts(changed.opened_on, closed_on, today)))
        findings = tuple(one for decision in decisions for one in decision.findings)
        if not all(decision.holds for decision in decisions):
            return Refusal(FOLLOW_UP_REFUSED, findings=findings)
        self.business = changed
        self._plan_open_checks(parameters)
        self.version += 1
        return None

    def restore_business(self, jobs: int, parameters: FollowUpParameters) -> Refusal | None:
        """The last business was closed by mistake: it trades, and what its closing answered is open again."""
        following = NEXT.get((self.state, Action.RESTORE))
        if following is None or self.business is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.help_wanted = following, False
        self.business.closed_on, self.business.closing_reason, self.business.jobs = None, None, jobs
        for check in self.checks:
            if check.kind is CheckKind.TRADING and check.passed is False:
                check.reopen()
        self._plan_open_checks(parameters)
        self.version += 1
        return None

    def amend_jobs(self, check: Check, jobs: int) -> Refusal | None:
        """Corrects the jobs told by a check of a business that still traded."""
        if check.kind is not CheckKind.TRADING or not check.passed:
            return Refusal(NOT_ALLOWED_NOW, detail=_NO_JOBS_TOLD)
        check.jobs = jobs
        assert self.business is not None
        told = [one for one in self.checks if one.kind is CheckKind.TRADING and one.passed]
        if self.state is State.TRADING and check is max(told, key=lambda one: one.months):
            self.business.jobs = jobs
        self.version += 1
        return None

    def check(self, check_id: UUID) -> Check | None:
        """One of the checks."""
        return next((one for one in self.checks if one.id == check_id), None)

    def _plan_open_checks(self, parameters: FollowUpParameters) -> None:
        due = {one.months: one.due_on for one in self._trading(parameters)}
        for check in self.checks:
            if check.kind is CheckKind.TRADING and check.passed is None:
                check.due_on = due[check.months]

    def _trading(self, parameters: FollowUpParameters) -> Sequence[PlannedCheck]:
        assert self.business is not None
        return tuple(trading_checks(self.business.opened_on, self.completed_on, parameters))


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """A follow-up that begins with a completion, and its first check."""

    id: UUID
    enrolment_id: UUID
    institution_id: UUID
    class_id: UUID
    district: str
    completed_on: date
    began_at: datetime
    first_check: Check


def begun(training_class: TrainingClass, enrolment: Enrolment, parameters: FollowUpParameters) -> NewFollowUp:
    """The follow-up of a completed enrolment: its first check asks for the opening (T11)."""
    assert enrolment.completed_on is not None
    assert enrolment.completed_at is not None
    return NewFollowUp(
        id=new_id(),
        enrolment_id=enrolment.id,
        institution_id=training_class.institution_id,
        class_id=training_class.id,
        district=training_class.institution.district,
        completed_on=enrolment.completed_on,
        began_at=enrolment.completed_at,
        first_check=_planned(opening_check(enrolment.completed_on, parameters), None),
    )


def _planned(one: PlannedCheck, business: Business | None) -> Check:
    return Check(new_id(), one.kind, one.months, one.due_on, business.id if business else None)
