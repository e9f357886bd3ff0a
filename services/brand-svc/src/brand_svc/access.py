"""Who may see what: districts their own, institutions their own, the city all; the rest answers 404."""

from typing import Annotated

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal

from brand_svc.problems import NO_INSTITUTION

CityCentre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
CityBureau = Annotated[Principal, Allow(Role.CITY_BUREAU)]
DistrictOfficer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Institution = Annotated[Principal, Allow(Role.INSTITUTION)]
Official = Annotated[
    Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]
OfficialOrInstitution = Annotated[
    Principal,
    Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR),
]


def visible_district(principal: Principal) -> str | None:
    """The one district whose matters the principal may see, or None where it may see all."""
    return principal.district if principal.role is Role.DISTRICT_OFFICER else None


def visible_credit_code(principal: Principal) -> str | None:
    """The one institution whose matters the principal may see, or None where it is no institution."""
    if principal.role is not Role.INSTITUTION:
        return None
    if principal.credit_code is None:
        raise Refused(Refusal(NO_INSTITUTION))
    return principal.credit_code


def may_see(principal: Principal, *, district: str, credit_code: str) -> bool:
    """Whether a matter of this district and institution may be shown to the principal."""
    own_code = visible_credit_code(principal)
    return visible_district(principal) in (None, district) and own_code in (None, credit_code)
