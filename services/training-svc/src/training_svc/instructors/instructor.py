"""An instructor (讲师): one person in the pool (师资库), once for all institutions, by real name (T10)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chuangpei.events.training import InstructorAppraisalDue, InstructorExited, InstructorReinstated
from chuangpei.kernel.dates import add_months
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.instructors.lifecycle import NEXT, Action, State, state_on
from training_svc.persons import SealedPerson
from training_svc.policy.instructors import ExitGround
from training_svc.policy.parameters import Parameters


class Employment(StrEnum):
    """How an institution employs an instructor: 专职, 兼职."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"


@dataclass(slots=True)
class Instructor:
    """One person and how they stand; ``district`` is the one that vets.

    Who nominated themselves (自荐) has neither an institution nor an employment. ``exits_on`` and
    ``may_return_on`` are there while an exit is noticed or has taken effect. Days are Asia/Shanghai.
    """

    id: UUID
    person: SealedPerson
    masked_phone: str
    phone_encrypted: str
    employment: Employment | None
    institution_id: UUID | None
    credit_code: str | None
    institution_name: str | None
    district: str
    fields: tuple[str, ...]
    projects: tuple[str, ...]
    state: State
    applied_at: datetime
    version: int = 1
    admitted_on: date | None = None
    appraisal_due_on: date | None = None
    due_told: bool = False
    exits_on: date | None = None
    may_return_on: date | None = None
    reason: str | None = None

    def state_on(self, day: date) -> State:
        """Where the person stands on ``day``."""
        return state_on(self.state, day, appraisal_due_on=self.appraisal_due_on, exits_on=self.exits_on)

    def apply_again(self, application: "Instructor") -> Refusal | None:
        """Who was refused or has left applies anew, with everything as it is today."""
        refusal = self._move(Action.APPLY, self.state)
        if refusal:
            return refusal
        self.person, self.masked_phone = application.person, application.masked_phone
        self.phone_encrypted, self.employment = application.phone_encrypted, application.employment
        self.employed_by(application.institution_id, application.credit_code, application.institution_name)
        self.district, self.applied_at = application.district, application.applied_at
        self.fields, self.projects = application.fields, application.projects
        self.admitted_on = self.appraisal_due_on = self.exits_on = self.may_return_on = None
        return None

    def employed_by(
        self, institution_id: UUID | None, credit_code: str | None, institution_name: str | None
    ) -> None:
        """Names the institution that employs the person from now on."""
        self.institution_id = institution_id
        self.credit_code, self.institution_name = credit_code, institution_name

    def vet(self, reason: str | None) -> Refusal | None:
        """The district vets (资格审核)."""
        return self._move(Action.VET, self.state, reason)

    def refuse(self, reason: str) -> Refusal | None:
        """The district, or after it the city centre, refuses (不予入库); the person may apply again."""
        return self._move(Action.REFUSE, self.state, reason)

    def admit(self, today: date, numbers: Parameters, reason: str | None) -> Refusal | None:
        """The city centre admits (入库); the first appraisal is due an interval later."""
        refusal = self._move(Action.ADMIT, self.state, reason)
        if refusal is None:
            self.admitted_on = today
            self._appraised_next_on(add_months(today, numbers.appraisal_interval_months))
        return refusal

    def suspend(self, today: date, reason: str) -> Refusal | None:
        """The city centre suspends (暂停授课), saying why."""
        return self._move(Action.SUSPEND, self.state_on(today), reason)

    def resume(self, today: date, reason: str) -> Refusal | None:
        """The city centre ends a suspension (恢复授课); the day of the next appraisal stands."""
        return self._move(Action.RESUME, self.state_on(today), reason)

    def pass_appraisal(self, today: date, next_on: date) -> Refusal | None:
        """An appraisal was passed (考核合格): the next is due on ``next_on``."""
        refusal = self._move(Action.PASS, self.state_on(today))
        if refusal is None:
            self._appraised_next_on(next_on)
        return refusal

    def give_notice(
        self, today: date, ground: ExitGround, numbers: Parameters, reason: str
    ) -> Refusal | None:
        """Notice of exit (退出通知): no new class from today, out of the pool when the notice is over."""
        refusal = self._move(Action.GIVE_NOTICE, self.state_on(today), reason)
        if refusal is None:
            self.exits_on = today + timedelta(days=numbers.exit_notice_days)
            self.may_return_on = add_months(self.exits_on, numbers.exit_bar_months[ground])
        return refusal

    def leave(self) -> Refusal | None:
        """The notice is over (退出): called once its day has come."""
        return self._move(Action.EXIT, self.state, self.reason)

    def reinstate(self, reason: str, next_on: date | None = None) -> Refusal | None:
        """The exit is undone (恢复在库); ``next_on`` is when the next appraisal is due, if that changed."""
        refusal = self._move(Action.REINSTATE, self.state, reason)
        if refusal is None:
            self.exits_on = self.may_return_on = None
            if next_on is not None:
                self._appraised_next_on(next_on)
        return refusal

    def postpone_appraisal(self, next_on: date) -> None:
        """The day of the last appraisal was amended, and with it the day of the next."""
        self._appraised_next_on(next_on)
        self.version += 1

    def fell_due(self) -> InstructorAppraisalDue:
        """The event that the appraisal is due, told once."""
        assert self.appraisal_due_on is not None
        self.due_told = True
        return InstructorAppraisalDue(
            instructor_id=self.id,
            person_key=self.person.person_key,
            credit_code=self.credit_code,
            district=self.district,
            due_on=self.appraisal_due_on,
        )

    def exited(self, ground: ExitGround) -> InstructorExited:
        """The event of the exit."""
        assert self.exits_on is not None
        assert self.may_return_on is not None
        return InstructorExited(
            instructor_id=self.id,
            person_key=self.person.person_key,
            credit_code=self.credit_code,
            district=self.district,
            ground=ground,
            exited_on=self.exits_on,
            may_return_on=self.may_return_on,
        )

    def reinstated(self, today: date) -> InstructorReinstated:
        """The event that an exit that was told is undone."""
        return InstructorReinstated(
            instructor_id=self.id,
            person_key=self.person.person_key,
            credit_code=self.credit_code,
            district=self.district,
            reinstated_on=today,
        )

    def _appraised_next_on(self, day: date) -> None:
        self.appraisal_due_on, self.due_told = day, False

    def _move(self, action: Action, before: State, reason: str | None = None) -> Refusal | None:
        following = NEXT.get((before, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.reason = following, reason
        self.version += 1
        return None
