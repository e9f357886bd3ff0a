"""The aggregate: one brand (培训优质品牌), from one published list until it ends or is revoked (B09, B11)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chuangpei.events.brand import BrandEnded, BrandRecognised
from chuangpei.kernel.refusals import Refusal

from brand_svc.brands.lifecycle import NEXT, Action, State
from brand_svc.policy.facts import Tier
from brand_svc.transitions import move


@dataclass(slots=True)
class Brand:
    """``ended_on`` is the first day without it; ``may_apply_again_on`` is set by a revocation (B12, D07)."""

    id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    round_id: UUID
    recognised_on: date
    state: State = State.ACTIVE
    ended_on: date | None = None
    may_apply_again_on: date | None = None

    def recognised(self) -> BrandRecognised:
        """The event of its recognition (认定; B08)."""
        return BrandRecognised(
            credit_code=self.credit_code,
            brand_id=self.id,
            round_id=self.round_id,
            institution_name=self.institution_name,
            district=self.district,
            tier=self.tier.value,
            recognised_on=self.recognised_on,
        )

    def ended(self, by_round: UUID, reason: str = "not_on_list") -> BrandEnded:
        """The event of its end with the list of a later round (终止; B06, D08)."""
        assert self.ended_on is not None
        return BrandEnded(
            credit_code=self.credit_code,
            brand_id=self.id,
            round_id=by_round,
            district=self.district,
            reason=reason,
            ended_on=self.ended_on,
        )

    def revoke(self, revoked_on: date, may_apply_again_on: date) -> Refusal | None:
        """Revoked by the city bureau (撤销认定): no longer valid from this day, and banned (B11, B12)."""
        refused = move(NEXT, self, Action.REVOKE)
        if refused is None:
            self.ended_on, self.may_apply_again_on = revoked_on, may_apply_again_on
        return refused
