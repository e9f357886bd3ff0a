"""Who may see what: districts their own, institutions their own, the city all; the rest answers 404."""

from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import sqlalchemy as sa
from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.listing import Asked, Listing
from pydantic import BaseModel
from sqlalchemy import bindparam

from brand_svc.problems import NO_INSTITUTION, OWN_INTEREST

CITY = (Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
"""The offices of the city, which see everything."""

CityReader = Annotated[Principal, Allow(*CITY)]
CityCentre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
CityBureau = Annotated[Principal, Allow(Role.CITY_BUREAU)]
DistrictOfficer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
DistrictOrBureau = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_BUREAU)]
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


def own_interest(principal: Principal, credit_code: str, *person_keys: str | None) -> Refusal | None:
    """The refusal (回避) where the principal is of the institution itself, or one who acted for it."""
    of_it = principal.credit_code == credit_code
    acted = principal.person_key is not None and principal.person_key in person_keys
    return Refusal(OWN_INTEREST) if of_it or acted else None


class Reach(StrEnum):
    """How far a principal sees."""

    INSTITUTION = "institution"
    DISTRICT = "district"
    ALL = "all"


class Scope(NamedTuple):
    """A reach and its value: a credit code, a district, or nothing."""

    reach: Reach
    value: str | None = None


def scope_of(principal: Principal) -> Scope:
    """How far the principal sees. Raises Refused (403) for an institution's token without a credit code."""
    if code := visible_credit_code(principal):
        return Scope(Reach.INSTITUTION, code)
    if district := visible_district(principal):
        return Scope(Reach.DISTRICT, district)
    return Scope(Reach.ALL)


def reaches(
    *, credit_code: sa.ColumnElement[str], district: sa.ColumnElement[str]
) -> dict[Reach, sa.ColumnElement[bool] | None]:
    """What each reach narrows a list to, by the parameter ``scope``."""
    value = bindparam("scope", type_=sa.Text)
    return {Reach.INSTITUTION: credit_code == value, Reach.DISTRICT: district == value, Reach.ALL: None}


def office_reaches(district: sa.ColumnElement[str]) -> dict[Reach, sa.ColumnElement[bool] | None]:
    """As :func:`reaches`, for lists that institutions do not see."""
    return {Reach.DISTRICT: district == bindparam("scope", type_=sa.Text), Reach.ALL: None}


def asked_by(principal: Principal, listing: Listing, query: BaseModel, **filters: Any) -> Asked:
    """What the principal asks of a list that has :func:`reaches`, within what it may see."""
    scope = scope_of(principal)
    return listing.asked(query, reach=scope.reach, scope=scope.value, **filters)
