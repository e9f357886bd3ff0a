"""The aggregate: one exit case (退出核查), all signals on one ground against one holder (B11, D09)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from chuangpei.events.base import ExitGround
from chuangpei.events.brand import BrandRevoked, ExitCaseOpened
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal

from brand_svc.brands.brand import Brand
from brand_svc.exit_cases.lifecycle import NEXT, Action, State
from brand_svc.transitions import move


@dataclass(slots=True)
class ExitCase:
    """``statement`` is what the district found, ``reason`` why the city decided; days are Asia/Shanghai."""

    OBJECT_TYPE: ClassVar[str] = "exit_case"

    id: UUID
    credit_code: str
    brand_id: UUID
    institution_name: str
    district: str
    ground: ExitGround
    state: State
    opened_on: date
    statement: str | None = None
    verified_on: date | None = None
    reason: str | None = None
    decided_on: date | None = None
    version: int = 1

    @classmethod
    def open(cls, brand: Brand, ground: ExitGround, today: date) -> Self:
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
        )

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

    def verify(self, founded: bool, statement: str, today: date) -> Refusal | None:
        """The district reports it to the city (属实上报), or closes it as unfounded (不成立结案; B11)."""
        refused = move(NEXT, self, Action.REPORT if founded else Action.CLOSE_UNFOUNDED)
        if refused is None:
            self.statement, self.verified_on = statement, today
            self.decided_on = None if founded else today
        return refused

    def dismiss(self, reason: str, today: date) -> Refusal | None:
        """The city bureau leaves the brand as it is (不予撤销; B11)."""
        return self._decide(Action.DISMISS, reason, today)

    def revoke(self, reason: str, today: date) -> Refusal | None:
        """The city bureau revokes the brand on this case (撤销认定; B11)."""
        return self._decide(Action.REVOKE, reason, today)

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

    def _decide(self, action: Action, reason: str, today: date) -> Refusal | None:
        refused = move(NEXT, self, action)
        if refused is None:
            self.reason, self.decided_on = reason, today
        return refused
