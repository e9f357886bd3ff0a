"""Public views of brands."""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, Field

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


class BrandFilters(ListQuery):
    """What the list of brands may be narrowed to, and its orders."""

    district: DistrictCode | None = None
    tier: Tier | None = Field(default=None, description="层级 · tier")
    round_id: UUID | None = Field(default=None, description="遴选轮次 · round")
    sort: Literal[
        "credit_code",
        "-credit_code",
        "institution_name",
        "-institution_name",
        "district",
        "-district",
        "recognised_on",
        "-recognised_on",
    ] = "credit_code"


class BrandPage(BrandFilters, PageQuery):
    """A page of the brands in force."""


class BrandExport(BrandFilters, ExportQuery):
    """The brands in force as a file."""


class HistoryView(BaseModel):
    """All brands an institution ever held, the latest first; ``holds_brand`` says how it stands now (D08)."""

    credit_code: str
    institution_name: str
    holds_brand: bool
    brands: list[BrandView]
