"""Who sees what (数据范围): an institution its own, a district officer the district, the city's roles all.

What lies outside the scope does not exist for the one who asks: the answer is 404.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal, Role
from chuangpei.database import Statement
from chuangpei.listing import Asked, Listing
from pydantic import BaseModel
from sqlalchemy import bindparam

from training_svc.institutions.tables import institutions


class Reach(StrEnum):
    """How far a principal sees."""

    INSTITUTION = "institution"
    DISTRICT = "district"
    ALL = "all"


READERS = (
    Role.INSTITUTION,
    Role.DISTRICT_OFFICER,
    Role.CITY_CENTRE,
    Role.CITY_BUREAU,
    Role.AUDITOR,
)
"""The roles that read training records; a citizen has ``/my/enrolments``."""

OFFICES = tuple(role for role in READERS if role is not Role.INSTITUTION)
"""The offices of the districts and the city: for what they file with each other."""

ANYONE = tuple(role for role in Role if role is not Role.SYSTEM)
"""Whoever is signed in: for what the city centre publishes."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A reach and its value: a credit code, a district, or nothing."""

    reach: Reach
    value: str = ""


EVERYTHING = Scope(Reach.ALL)

CITY = "city"
"""What the city centre is called where an authority is named: others are named by their district's code."""


def scope_of(principal: Principal) -> Scope:
    """The scope of one of the :data:`READERS`; an institution without a credit code sees nothing."""
    match principal.role:
        case Role.INSTITUTION:
            return Scope(Reach.INSTITUTION, principal.credit_code or "")
        case Role.DISTRICT_OFFICER:
            return Scope(Reach.DISTRICT, principal.district or "")
        case Role.CITY_CENTRE | Role.CITY_BUREAU | Role.AUDITOR:
            return EVERYTHING
    raise ValueError(f"{principal.role} does not read training records")


def asked_by(
    principal: Principal,
    listing: Listing,
    query: BaseModel,
    *,
    given: Mapping[str, Any] | None = None,
    **filters: Any,
) -> Asked:
    """What one of the :data:`READERS` asks of a list, within the own scope."""
    scope = scope_of(principal)
    return listing.asked(query, reach=scope.reach, scope=scope.value, given=given, **filters)


def authority_of(principal: Principal) -> str:
    """The authority that an officer acts for: the district, or the city centre."""
    return principal.district or "" if principal.role is Role.DISTRICT_OFFICER else CITY


ByReach = Mapping[Reach, Statement]


def reaches(
    *, credit_code: sa.ColumnElement[str], district: sa.ColumnElement[str]
) -> dict[Reach, sa.ColumnElement[bool] | None]:
    """What each reach narrows a query to, by the parameter ``scope``."""
    value = bindparam("scope", type_=sa.Text)
    return {Reach.INSTITUTION: credit_code == value, Reach.DISTRICT: district == value, Reach.ALL: None}


def owned(
    *, institution_id: sa.ColumnElement[UUID], district: sa.ColumnElement[str]
) -> dict[Reach, sa.ColumnElement[bool] | None]:
    """As :func:`reaches`, for a table that has its institution itself: an index on it serves the list."""
    value = bindparam("scope", type_=sa.Text)
    own = sa.select(institutions.c.id).where(institutions.c.credit_code == value).scalar_subquery()
    return {Reach.INSTITUTION: institution_id == own, Reach.DISTRICT: district == value, Reach.ALL: None}


def office_reaches(district: sa.ColumnElement[str]) -> dict[Reach, sa.ColumnElement[bool] | None]:
    """What each reach of the :data:`OFFICES` narrows a query to, by the parameter ``scope``."""
    return {Reach.DISTRICT: district == bindparam("scope", type_=sa.Text), Reach.ALL: None}


def by_reach(statement: sa.Select[Any], narrowed: Mapping[Reach, sa.ColumnElement[bool] | None]) -> ByReach:
    """The statement once for each reach, each with its own plan; ``scope`` is the parameter."""
    return {
        reach: Statement(statement if condition is None else statement.where(condition))
        for reach, condition in narrowed.items()
    }


def scoped(
    statement: sa.Select[Any], *, credit_code: sa.ColumnElement[str], district: sa.ColumnElement[str]
) -> ByReach:
    """The statement once for each reach of institutions, districts and the city."""
    return by_reach(statement, reaches(credit_code=credit_code, district=district))
