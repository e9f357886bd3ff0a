"""The list in force as a document (名单; B03, B08, B09)."""

from itertools import groupby
from pathlib import Path

from chuangpei.documents import document
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.districts import DISTRICTS
from fastapi import Response

from brand_svc.brands import repository
from brand_svc.brands.repository import ListedBrand
from brand_svc.brands.schemas import BrandFilters
from brand_svc.policy.facts import Tier
from brand_svc.service import Service

_TEMPLATE = Path(__file__).parents[1] / "templates" / "brands.typ"


async def list_document(service: Service) -> Response:
    """The list to download. Raises :class:`chuangpei.errors.Refused` (503) where too many documents wait."""
    now = service.clock.now()
    asked = repository.LIST.asked(BrandFilters(sort="district"))
    held = [repository.listed_of(row) async for row in repository.LIST.all_rows(service.database, asked)]
    data = {
        "round": held[0].round_name if held else "",
        "made_at": now.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "city": _rows(held, Tier.CITY),
        "district": _rows(held, Tier.DISTRICT),
    }
    pdf = await service.documents.render(_TEMPLATE, data, at=now)
    return document("培训优质品牌名单", pdf)


def _rows(held: list[ListedBrand], tier: Tier) -> list[dict[str, object]]:
    """The holders of a tier by district; ``held`` is in the order of the districts."""
    of_tier = [one.brand for one in held if one.brand.tier is tier]
    return [
        {
            "district": DISTRICTS[code].zh,
            "brands": [
                {
                    "name": brand.institution_name,
                    "code": brand.credit_code,
                    "since": str(brand.recognised_on),
                }
                for brand in group
            ],
        }
        for code, group in groupby(of_tier, lambda brand: brand.district)
    ]
