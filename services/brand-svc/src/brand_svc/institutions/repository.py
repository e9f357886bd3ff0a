"""Queries on what is known of institutions."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam, func, select

from brand_svc.institutions.institution import Institution
from brand_svc.institutions.tables import (
    classes,
    inactivities,
    institutions,
    qualifications,
    sanctions,
)
from brand_svc.policy.facts import Body, Idleness, Sanction
from brand_svc.projections import blank, latest
from brand_svc.reader import Reader

_PUT = latest(
    institutions,
    {
        "told_at": ("institution_id", "name", "district", "kind"),
        "registered_at": ("registered_on",),
        "closed_at": ("closed_on",),
    },
)
_PUT_SANCTION = latest(
    sanctions,
    {
        "told_at": ("kind", "exit_ground", "source", "document_number", "starts_on", "ends_on"),
        "lifted_at": ("lifted_on",),
    },
)
_PUT_QUALIFICATION = latest(
    qualifications, {"state_at": ("state",), "valid_at": ("valid_from", "valid_until")}
)
_PUT_CLASS = latest(classes, {"dates_at": ("starts_on", "ends_on"), "cancelled_at": ("cancelled",)})
_PUT_INACTIVITY = latest(
    inactivities,
    {
        "told_at": (
            "last_class_ended_on",
            "inactive_since",
            "has_site",
            "full_time_instructors",
            "told_on",
        )
    },
)
_FIND = Statement(
    select(institutions.c.credit_code, institutions.c.name, institutions.c.district).where(
        institutions.c.credit_code == bindparam("credit_code")
    )
)
_codes = func.any(bindparam("credit_codes", type_=sa.ARRAY(sa.Text)))
_OF_CODES = Statement(
    select(institutions.c.credit_code, institutions.c.name, institutions.c.district).where(
        institutions.c.credit_code == _codes
    )
)
_SANCTIONS = Statement(
    select(sanctions)
    .where(sanctions.c.credit_code == _codes, sanctions.c.starts_on <= bindparam("day", type_=sa.Date))
    .order_by(sanctions.c.starts_on, sanctions.c.sanction_id)
)
_held_since = (
    select(classes.c.class_id)
    .where(
        classes.c.credit_code == inactivities.c.credit_code,
        classes.c.ends_on > inactivities.c.inactive_since,
        classes.c.cancelled.is_not(True),
    )
    .exists()
)
# A class filed since ends the inactivity: training-svc tells when it begins, not when it is over.
_IDLE = Statement(select(inactivities).where(inactivities.c.credit_code == _codes, sa.not_(_held_since)))


_day = bindparam("day", type_=sa.Date)
_approved = (
    select(qualifications.c.qualification_id)
    .where(
        qualifications.c.credit_code == institutions.c.credit_code,
        qualifications.c.state == "approved",
        func.coalesce(qualifications.c.valid_from, _day) <= _day,
        func.coalesce(qualifications.c.valid_until, _day) >= _day,
    )
    .exists()
)
_BODIES = Statement(
    select(
        institutions.c.credit_code,
        institutions.c.kind,
        institutions.c.closed_on,
        _approved.label("approved"),
    ).where(institutions.c.credit_code == _codes)
)


async def put(tx: Transaction, **told: object) -> None:
    """Remembers an institution as it is told: name, district and kind, its registration, its closing."""
    await tx.execute(_PUT, blank(institutions, **told))


async def put_sanction(tx: Transaction, **told: object) -> None:
    """Remembers a sanction, or its lifting, as it is told."""
    await tx.execute(_PUT_SANCTION, blank(sanctions, **told))


async def put_qualification(tx: Transaction, **told: object) -> None:
    """Remembers a qualification's state, its days, or both."""
    await tx.execute(_PUT_QUALIFICATION, blank(qualifications, **told))


async def put_class(tx: Transaction, **told: object) -> None:
    """Remembers a class's days, whether it is cancelled, or both."""
    await tx.execute(_PUT_CLASS, blank(classes, **told))


async def put_inactivity(tx: Transaction, **told: object) -> None:
    """Remembers the inactivity told last."""
    await tx.execute(_PUT_INACTIVITY, blank(inactivities, **told))


async def find(reader: Reader, credit_code: str) -> Institution | None:
    """The institution with this credit code, if it is registered."""
    row = await reader.row(_FIND, {"credit_code": credit_code})
    return Institution(**row) if row else None


async def of_codes(tx: Transaction, credit_codes: Sequence[str]) -> dict[str, Institution]:
    """The institutions of these credit codes that are registered."""
    rows = await tx.rows(_OF_CODES, {"credit_codes": list(credit_codes)})
    return {row["credit_code"]: Institution(**row) for row in rows}


async def sanctions_of(
    reader: Reader, credit_codes: Sequence[str], day: date
) -> dict[str, tuple[Sanction, ...]]:
    """The sanctions of each credit code that had begun by ``day``, lifted ones too (B02, B13)."""
    found: dict[str, list[Sanction]] = defaultdict(list)
    for row in await reader.rows(_SANCTIONS, {"credit_codes": list(credit_codes), "day": day}):
        found[row["credit_code"]].append(_sanction(row))
    return {code: tuple(found[code]) for code in credit_codes}


async def idle_of(reader: Reader, credit_codes: Sequence[str]) -> dict[str, Idleness]:
    """Which of these hold no class for long, with what was told of their site and teachers (X4)."""
    rows = await reader.rows(_IDLE, {"credit_codes": list(credit_codes)})
    return {
        row["credit_code"]: Idleness(row["inactive_since"], row["has_site"], row["full_time_instructors"])
        for row in rows
    }


async def bodies_of(reader: Reader, credit_codes: Sequence[str], day: date) -> dict[str, Body]:
    """What each of these that is registered is, and whether it is qualified on ``day`` (B01)."""
    rows = await reader.rows(_BODIES, {"credit_codes": list(credit_codes), "day": day})
    return {row["credit_code"]: Body(row["kind"], row["closed_on"], row["approved"]) for row in rows}


def _sanction(row: Row) -> Sanction:
    return Sanction(
        kind=row["kind"],
        exit_ground=row["exit_ground"],
        document_number=row["document_number"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        lifted_on=row["lifted_on"],
    )
