"""What is shown of institutions: how each stands, and the sanctions, qualifications and classes behind it."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func

from brand_svc.access import reaches
from brand_svc.brands.lifecycle import State
from brand_svc.brands.tables import brands
from brand_svc.institutions.tables import (
    classes,
    inactivities,
    institutions,
    qualifications,
    sanctions,
)
from brand_svc.schema import written

_TODAY = bindparam("today", type_=sa.Date)
_own = institutions.c.credit_code
_barred = (
    sa.select(sanctions.c.sanction_id)
    .where(
        sanctions.c.credit_code == _own,
        sanctions.c.exit_ground.is_not(None),
        sanctions.c.lifted_on.is_(None),
        sanctions.c.starts_on <= _TODAY,
        sa.or_(sanctions.c.ends_on.is_(None), sanctions.c.ends_on >= _TODAY),
    )
    .exists()
)
_qualified = (
    sa.select(qualifications.c.qualification_id)
    .where(
        qualifications.c.credit_code == _own,
        qualifications.c.state == "approved",
        sa.or_(qualifications.c.valid_until.is_(None), qualifications.c.valid_until >= _TODAY),
    )
    .exists()
)
_held = sa.and_(classes.c.credit_code == _own, classes.c.cancelled.is_not(True))
_last_class = sa.select(func.max(classes.c.ends_on)).where(_held).scalar_subquery()
_since = (
    sa.select(inactivities.c.inactive_since)
    .where(
        inactivities.c.credit_code == _own,
        sa.func.coalesce(_last_class, inactivities.c.inactive_since) <= inactivities.c.inactive_since,
    )
    .scalar_subquery()
)
_tier = (
    sa.select(brands.c.tier)
    .where(brands.c.credit_code == _own, brands.c.state == written(State.ACTIVE))
    .scalar_subquery()
)
_SHOWN = sa.select(
    institutions,
    _tier.label("brand_tier"),
    _barred.label("barred"),
    _qualified.label("qualified"),
    _last_class.label("last_class_ends_on"),
    _since.label("inactive_since"),
)
_REACHES = reaches(credit_code=_own, district=institutions.c.district)
LIST = Listing(
    _SHOWN,
    key=Order(_own, str),
    orders={"name": Order(institutions.c.name, str)},
    filters={
        "district": equal(institutions.c.district),
        "kind": equal(institutions.c.kind),
        "holder": Filter(sa.Boolean(), lambda value: _tier.is_not(None) == value),
        "barred": Filter(sa.Boolean(), lambda value: value == _barred),
        "qualified": Filter(sa.Boolean(), lambda value: value == _qualified),
        "inactive": Filter(sa.Boolean(), lambda value: _since.is_not(None) == value),
    },
    reaches=_REACHES,
)
_ONE = Statement(_SHOWN.where(_own == bindparam("credit_code")))
_of_one = bindparam("credit_code", type_=sa.Text)


def _of(table: sa.Table, *order: Any) -> Statement:
    return Statement(sa.select(table).where(table.c.credit_code == _of_one).order_by(*order))


_SANCTIONS = _of(sanctions, sanctions.c.starts_on.desc(), sanctions.c.sanction_id)
_QUALIFICATIONS = _of(qualifications, qualifications.c.project_code, qualifications.c.valid_from)
_INACTIVITY = _of(inactivities)
_CLASS_COUNT = Statement(
    sa.select(func.count()).where(
        classes.c.credit_code == _of_one,
        classes.c.cancelled.is_not(True),
        classes.c.ends_on.between(bindparam("first", type_=sa.Date), _TODAY),
    )
)


async def shown(source: Database | Transaction, credit_code: str, today: date) -> Row | None:
    """An institution and how it stands today."""
    return await source.row(_ONE, {"credit_code": credit_code, "today": today})


async def sanctions_of(source: Database | Transaction, credit_code: str) -> list[Row]:
    """Every sanction told of it, the latest first."""
    return await source.rows(_SANCTIONS, {"credit_code": credit_code})


async def qualifications_of(source: Database | Transaction, credit_code: str) -> list[Row]:
    """Every qualification told of it."""
    return await source.rows(_QUALIFICATIONS, {"credit_code": credit_code})


async def inactivity_of(source: Database | Transaction, credit_code: str) -> Row | None:
    """The inactivity told last, also one that a class has ended."""
    return await source.row(_INACTIVITY, {"credit_code": credit_code})


async def classes_held(source: Database | Transaction, credit_code: str, first: date, today: date) -> int:
    """How many classes of it ended between these days, both included."""
    row = await source.row(_CLASS_COUNT, {"credit_code": credit_code, "first": first, "today": today})
    assert row is not None
    count: int = row[0]
    return count
