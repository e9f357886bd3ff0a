"""Public views of brands."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from brand_svc.brands.lifecycle import State
from brand_svc.brands.repository import ListedBrand
from brand_svc.policy.facts import Tier


class BrandView(BaseModel):
    """A brand (培训优质品牌) as everyone may see it; ``revoked_for`` is the exit ground X1 to X5 (B11)."""

    id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    round_id: UUID
    round_name: str
    state: State
    recognised_on: date
    ended_on: date | None
    revoked_for: str | None

    @classmethod
    def of(cls, listed: ListedBrand) -> Self:
        """The view of a brand."""
        brand = listed.brand
        return cls(
            id=brand.id,
            credit_code=brand.credit_code,
            institution_name=brand.institution_name,
            district=brand.district,
            tier=brand.tier,
            round_id=brand.round_id,
            round_name=listed.round_name,
            state=brand.state,
            recognised_on=brand.recognised_on,
            ended_on=brand.ended_on,
            revoked_for=listed.revoked_for,
        )


class HistoryView(BaseModel):
    """All brands an institution ever held, the latest first; ``holds_brand`` says how it stands now (D08)."""

    credit_code: str
    institution_name: str
    holds_brand: bool
    brands: list[BrandView]
