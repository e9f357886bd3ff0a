"""The aggregate: one exit case (退出核查), all signals on one ground against one holder (B11, D09)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.events.base import ExitGround
from chuangpei.events.brand import BrandRevoked, ExitCaseChanged, ExitCaseOpened, ExitCaseOverdue
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal, Text

from brand_svc.brands.brand import Brand
from brand_svc.exit_cases.lifecycle import NEXT, Action, State
from brand_svc.problems import HEARING_RUNS
from brand_svc.transitions import move

Kept = list[dict[str, Any]]
"""Evidence as JSON keeps it (see ``evidence.py``)."""


@dataclass(slots=True)
class ExitCase:
    """``notice`` is what the district told the institution, ``answer`` what it said, ``statement`` what the
    district found, ``reason`` why the city decided. ``due_on`` is the last day for whoever has it in hand,
    ``answer_by`` the last one for the institution; days are Asia/Shanghai.
    """

    OBJECT_TYPE: ClassVar[str] = "exit_case"

    id: UUID
    credit_code: str
    brand_id: UUID
    institution_name: str
    district: str
    ground: ExitGround
    state: State
    opened_on: date
    due_on: date
    overdue_told: bool = False
    notice: str | None = None
    notice_evidence: Kept = field(default_factory=list)
    noticed_on: date | None = None
    answer_by: date | None = None
    answer: str | None = None
    answer_evidence: Kept = field(default_factory=list)
    answered_on: date | None = None
    waived: bool = False
    statement: str | None = None
    evidence: Kept = field(default_factory=list)
    verified_on: date | None = None
    verified_by: str | None = None
    verified_by_person: str | None = None
    returned_for: str | None = None
    reason: str | None = None
    decided_on: date | None = None
    decided_by: str | None = None
    decided_by_person: str | None = None
    version: int = 1

    @classmethod
    def open(cls, brand: Brand, ground: ExitGround, today: date, due_on: date) -> Self:
        """A new case against the holder of a brand (立案; D09)."""
        return cls(
            id=new_id(),
            credit_code=brand.credit_code,
            brand_id=brand.id,
            institution_name=brand.institution_name,
            district=brand.district,
            ground=ground,
            state=State.OPENED,
            opened_on=today,
            due_on=due_on,
        )

    def notify(self, notice: str, evidence: Kept, today: date, answer_by: date) -> Refusal | None:
        """It tells the institution what it is about to find (告知); an earlier answer is set aside."""
        refused = move(NEXT, self, Action.NOTIFY)
        if refused is None:
            self.notice, self.notice_evidence = notice, evidence
            self.noticed_on, self.answer_by = today, answer_by
            self.answer, self.answer_evidence, self.answered_on, self.waived = None, [], None, False
        return refused

    def hear(self, answer: str | None, evidence: Kept, today: date) -> Refusal | None:
        """The institution answers (陈述申辩), or waives it where ``answer`` is None.

        After the last day it is heard still, as long as the district has not gone on.
        """
        refused = move(NEXT, self, Action.WAIVE if answer is None else Action.ANSWER)
        if refused is None:
            self.answer, self.answer_evidence, self.answered_on = answer, evidence, today
            self.waived = answer is None
        return refused

    def report(
        self, statement: str, evidence: Kept, by: Principal, today: date, due_on: date
    ) -> Refusal | None:
        """The district reports it to the city (属实上报): not before the hearing is over (B11)."""
        if self.state is State.NOTICED and self.answer_by is not None and today <= self.answer_by:
            return Refusal(
                HEARING_RUNS, detail=Text(f"至 {self.answer_by}", f"Until the end of {self.answer_by}")
            )
        refused = move(NEXT, self, Action.REPORT)
        if refused is None:
            self._verified(statement, evidence, by, today)
            self._hand_on(due_on)
        return refused

    def close_unfounded(self, statement: str, evidence: Kept, by: Principal, today: date) -> Refusal | None:
        """The district closes it as unfounded (不成立结案; B11)."""
        refused = move(NEXT, self, Action.CLOSE_UNFOUNDED)
        if refused is None:
            self._verified(statement, evidence, by, today)
            self.decided_on = today
        return refused

    def send_back(self, reason: str, due_on: date) -> Refusal | None:
        """The city bureau wants more verified (退回补充核实; B11)."""
        refused = move(NEXT, self, Action.RETURN)
        if refused is None:
            self.returned_for = reason
            self._hand_on(due_on)
        return refused

    def dismiss(self, reason: str, by: Principal, today: date) -> Refusal | None:
        """The city bureau leaves the brand as it is (不予撤销; B11)."""
        return self._decide(Action.DISMISS, reason, by, today)

    def revoke(self, reason: str, by: Principal, today: date) -> Refusal | None:
        """The city bureau revokes the brand on this case (撤销认定; B11)."""
        return self._decide(Action.REVOKE, reason, by, today)

    def reopen(self, brand: Brand, due_on: date) -> Refusal | None:
        """It goes on against the brand held now: by the district if unfounded, by the city if dismissed."""
        refused = move(NEXT, self, Action.REOPEN)
        if refused is None:
            self.brand_id, self.decided_on, self.reason = brand.id, None, None
            self.decided_by = self.decided_by_person = None
            self._hand_on(due_on)
        return refused

    def is_overdue(self, today: date) -> bool:
        """Whether whoever has it in hand let its last day pass (逾期)."""
        return self.decided_on is None and self.due_on < today

    def opened(self) -> ExitCaseOpened:
        """The event of its opening."""
        return ExitCaseOpened(
            credit_code=self.credit_code,
            brand_id=self.brand_id,
            case_id=self.id,
            district=self.district,
            ground=self.ground,
            opened_on=self.opened_on,
        )

    def changed(self, today: date) -> ExitCaseChanged:
        """The event of the step just taken."""
        return ExitCaseChanged(
            credit_code=self.credit_code,
            case_id=self.id,
            district=self.district,
            ground=self.ground,
            state=str(self.state),
            changed_on=today,
        )

    def told_overdue(self) -> ExitCaseOverdue:
        """The event that its last day is over."""
        return ExitCaseOverdue(
            credit_code=self.credit_code,
            case_id=self.id,
            district=self.district,
            ground=self.ground,
            state=str(self.state),
            due_on=self.due_on,
        )

    def revoked(self, brand: Brand) -> BrandRevoked:
        """The event of the revocation, with the day from which the institution may apply again (B12, D07)."""
        assert brand.ended_on is not None
        assert brand.may_apply_again_on is not None
        return BrandRevoked(
            credit_code=brand.credit_code,
            brand_id=brand.id,
            case_id=self.id,
            district=self.district,
            ground=self.ground,
            revoked_on=brand.ended_on,
            may_apply_again_on=brand.may_apply_again_on,
        )

    def _verified(self, statement: str, evidence: Kept, by: Principal, today: date) -> None:
        self.statement, self.evidence, self.verified_on = statement, evidence, today
        self.verified_by, self.verified_by_person = by.subject, by.person_key

    def _decide(self, action: Action, reason: str, by: Principal, today: date) -> Refusal | None:
        refused = move(NEXT, self, action)
        if refused is None:
            self.reason, self.decided_on = reason, today
            self.decided_by, self.decided_by_person = by.subject, by.person_key
        return refused

    def _hand_on(self, due_on: date) -> None:
        self.due_on, self.overdue_told = due_on, False
