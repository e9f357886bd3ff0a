"""Who may see what (数据权限): what a principal may not see is not found (404)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from chuangpei.auth import Principal, Role
from chuangpei.listing import Asked, Listing
from pydantic import BaseModel
from sqlalchemy import bindparam

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


class Reach(StrEnum):
    """How far one sees: a person the own things, an office a district or all."""

    PERSON = "person"
    DISTRICT = "district"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """A reach and its value: a person key, a district, or nothing."""

    reach: Reach
    value: str = ""


EVERYTHING = Scope(Reach.ALL)
"""For what the service itself looks up."""


def scope_of(principal: Principal) -> Scope:
    """What one sees: a citizen the own things, an officer the own district, the city's offices all."""
    if principal.role is Role.CITIZEN:
        return Scope(Reach.PERSON, principal.person_key or "")
    if principal.role is Role.DISTRICT_OFFICER:
        return Scope(Reach.DISTRICT, principal.district or "")
    return Scope(Reach.ALL)


def asked_by(
    principal: Principal,
    listing: Listing,
    query: BaseModel,
    *,
    given: Mapping[str, Any] | None = None,
    **filters: Any,
) -> Asked:
    """What the principal asks of a list, within what one sees."""
    scope = scope_of(principal)
    return listing.asked(query, reach=scope.reach, scope=scope.value, given=given, **filters)


def office_reaches(district: sa.ColumnElement[str]) -> dict[Reach, sa.ColumnElement[bool] | None]:
    """What each reach narrows a list to, by the parameter ``scope``."""
    return {Reach.DISTRICT: district == bindparam("scope", type_=sa.Text), Reach.ALL: None}


def claim_reaches(
    person_key: sa.ColumnElement[str], district: sa.ColumnElement[str]
) -> dict[Reach, sa.ColumnElement[bool] | None]:
    """What each reach narrows a list of persons' things to, by the parameter ``scope``."""
    own = {Reach.PERSON: person_key == bindparam("scope", type_=sa.Text)}
    return own | office_reaches(district)
