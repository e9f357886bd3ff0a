"""Who may see what (数据权限): what a principal may not see is not found (404)."""

from chuangpei.auth import Principal, Role

_EVERYWHERE = frozenset({Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR})


def may_see_district(principal: Principal, district: str) -> bool:
    """Whether the principal works for the district, or for the whole city (S07)."""
    if principal.role is Role.DISTRICT_OFFICER:
        return principal.district == district
    return principal.role in _EVERYWHERE


def may_see_claim(principal: Principal, person_key: str, district: str) -> bool:
    """Whether the claim is the person's own, or of a district the principal works for."""
    if principal.role is Role.CITIZEN:
        return principal.person_key == person_key
    return may_see_district(principal, district)


def district_of(principal: Principal) -> str | None:
    """The one district whose lists the principal sees, or None for all."""
    return principal.district if principal.role is Role.DISTRICT_OFFICER else None
