"""Named queries over claim windows."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam

from subsidy_svc.bulk import columns_of, insert_rows
from subsidy_svc.claims.tables import STANDS, claims
from subsidy_svc.policy.periods import Period
from subsidy_svc.windows.tables import certificates_without_window, windows
from subsidy_svc.windows.window import State, Window

_COLUMNS = tuple(windows.c[field.name] for field in fields(Window))
_OPENED = (
    "certificate_id",
    "certificate_number",
    "person_key",
    "masked_name",
    "name_encrypted",
    "id_number_encrypted",
    "institution_credit_code",
    "institution_name",
    "district",
    "project_code",
    "project_name",
    "class_id",
    "class_started_on",
    "evaluated_on",
    "issued_on",
    "last_day",
    "last_day_provisional",
    "remind_on",
)
_EDITION = (
    "certificate_number",
    "certificate_edition",
    "masked_name",
    "name_encrypted",
    "id_number_encrypted",
)

_OPEN = Statement(
    insert_rows(windows, _OPENED)
    .on_conflict_do_nothing(index_elements=[windows.c.certificate_id])
    .returning(windows.c.certificate_id)
)
_REMEMBER_WITHOUT = Statement(
    insert_rows(certificates_without_window, ("certificate_id", "issued_on")).on_conflict_do_nothing()
)
_KNOWN_WITHOUT = Statement(
    sa.select(certificates_without_window.c.certificate_id).where(
        certificates_without_window.c.certificate_id
        == sa.any_(bindparam("certificate_ids", type_=sa.ARRAY(sa.Uuid)))
    )
)
_FOR_UPDATE = Statement(
    sa.select(*_COLUMNS).where(windows.c.certificate_id == bindparam("certificate_id")).with_for_update()
)
_revoked_on = bindparam("revoked_on", type_=sa.Date)
_was_over = windows.c.last_day < _revoked_on
_REVOKE = Statement(
    windows.update()
    .where(windows.c.certificate_id == bindparam("of_certificate"))
    .values(
        revoked_on=bindparam("revoked_on"),
        revocation_reason=bindparam("revocation_reason"),
        # By the days alone, whenever the event came: replayed, it leads to the same state.
        closed_cause=sa.case((_was_over, "elapsed"), else_="revoked"),
        closed_on=sa.case((_was_over, windows.c.last_day + 1), else_=_revoked_on),
        remind_on=None,
    )
)
_REISSUE = Statement(
    windows.update()
    .where(
        windows.c.certificate_id == bindparam("of_certificate"),
        windows.c.certificate_edition < bindparam("certificate_edition", type_=sa.SmallInteger),
    )
    .values({name: bindparam(name, type_=windows.c[name].type) for name in _EDITION})
)
_due = (
    sa.select(windows.c.certificate_id)
    .where(windows.c.closed_cause.is_(None), windows.c.last_day < bindparam("today"))
    .order_by(windows.c.last_day)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLOSE_ELAPSED = Statement(
    windows.update()
    .where(windows.c.certificate_id == _due.c.certificate_id)
    .values(closed_cause="elapsed", closed_on=windows.c.last_day + 1, remind_on=None)
    .returning(windows.c.certificate_id, windows.c.person_key, windows.c.last_day)
)
_is_provisional = sa.text("windows.last_day_provisional AND windows.closed_cause IS NULL")
_PROVISIONAL_DAYS = Statement(sa.select(windows.c.issued_on).where(_is_provisional).distinct())
_IS_OPEN = sa.text("windows.closed_cause IS NULL")
_last_day = bindparam("last_day", type_=sa.Date)
_CORRECT = Statement(
    windows.update()
    .where(_is_provisional, windows.c.issued_on == bindparam("of_day"))
    .values(
        last_day=_last_day,
        last_day_provisional=bindparam("provisional"),
        # Who was told another last day is told again.
        remind_on=sa.case(
            (windows.c.last_day != _last_day, bindparam("remind_on", type_=sa.Date)),
            else_=windows.c.remind_on,
        ),
    )
)
_is_claimed = sa.exists().where(claims.c.certificate_id == windows.c.certificate_id, STANDS)
_TO_REMIND = Statement(
    sa.select(
        windows.c.certificate_id,
        windows.c.person_key,
        windows.c.district,
        windows.c.issued_on,
        windows.c.last_day,
        windows.c.last_day_provisional,
        _is_claimed.label("is_claimed"),
    )
    .where(_IS_OPEN, windows.c.remind_on <= bindparam("today"), windows.c.last_day >= bindparam("today"))
    .order_by(windows.c.remind_on)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=windows)
)
_told = sa.select(
    sa.func.unnest(bindparam("certificate_ids", type_=sa.ARRAY(sa.Uuid))).label("certificate_id"),
    sa.func.unnest(bindparam("remind_on", type_=sa.ARRAY(sa.Date))).label("remind_on"),
).subquery("told")
_REMIND_NEXT = Statement(
    windows.update()
    .where(windows.c.certificate_id == _told.c.certificate_id)
    .values(remind_on=_told.c.remind_on)
)
_today = bindparam("today", type_=sa.Date)
_is_open = sa.and_(
    windows.c.revoked_on.is_(None), windows.c.issued_on <= _today, windows.c.last_day >= _today
)
LIST = Listing(
    sa.select(*_COLUMNS).where(windows.c.person_key == bindparam("person_key", type_=sa.Text)),
    key=Order(windows.c.certificate_id, UUID),
    orders={
        "issued_on": Order(windows.c.issued_on, date),
        "last_day": Order(windows.c.last_day, date),
    },
    filters={
        "state": Filter(sa.Text(), lambda value: _is_open == (value == State.OPEN)),
        "project_code": equal(windows.c.project_code),
        "last_day_from": since(windows.c.last_day),
        "last_day_until": until(windows.c.last_day),
    },
)
_BY_NUMBER = Statement(
    sa.select(windows.c.certificate_id).where(
        windows.c.person_key == bindparam("person_key"),
        windows.c.certificate_number == bindparam("certificate_number"),
    )
)
_ONE_OF_PERSON = Statement(
    sa.select(*_COLUMNS).where(
        windows.c.certificate_id == bindparam("certificate_id"),
        windows.c.person_key == bindparam("person_key"),
    )
)


def window_from(row: Row) -> Window:
    """The window in a row that has its columns, and perhaps others."""
    return Window(*(row[column.name] for column in _COLUMNS))


WINDOW_COLUMNS = _COLUMNS


async def open_all(tx: Transaction, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Inserts windows; returns the certificates that had none yet: reissuing never restarts one (D01)."""
    return {row["certificate_id"] for row in await tx.rows(_OPEN, columns_of(rows, _OPENED))}


async def remember_without_window(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Remembers qualifying certificates that open no window (D10)."""
    await tx.execute(_REMEMBER_WITHOUT, columns_of(rows, ("certificate_id", "issued_on")))


async def known_without_window(tx: Transaction, certificate_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the certificates that are known to have opened no window (D10)."""
    rows = await tx.rows(_KNOWN_WITHOUT, {"certificate_ids": certificate_ids})
    return {row["certificate_id"] for row in rows}


async def load_for_update(tx: Transaction, certificate_id: UUID) -> Window | None:
    """The window, its row locked."""
    row = await tx.row(_FOR_UPDATE, {"certificate_id": certificate_id})
    return window_from(row) if row else None


async def revoke(tx: Transaction, certificate_id: UUID, revoked_on: date, reason: str) -> None:
    """Records the revocation and closes the window if time has not closed it already (D06)."""
    await tx.execute(
        _REVOKE, {"of_certificate": certificate_id, "revoked_on": revoked_on, "revocation_reason": reason}
    )


async def reissue(tx: Transaction, certificate_id: UUID, edition: Mapping[str, Any]) -> None:
    """Writes number and holder of a newer edition; all else stays, its days above all (D01)."""
    await tx.execute(_REISSUE, {"of_certificate": certificate_id, **edition})


async def close_elapsed(tx: Transaction, today: date, most: int) -> list[Row]:
    """Closes windows whose last day is over, at most ``most``; returns them."""
    return await tx.rows(_CLOSE_ELAPSED, {"today": today, "most": most})


async def provisional_days(tx: Transaction) -> list[date]:
    """The days of issue of open windows whose last day is provisional (D01)."""
    return [row["issued_on"] for row in await tx.rows(_PROVISIONAL_DAYS, {})]


async def correct(tx: Transaction, issued_on: date, period: Period, remind_on: date | None) -> int:
    """Writes the last day of the provisional windows of one day of issue; returns how many.

    Where it is another day than before, ``remind_on`` is the day of the next reminder.
    """
    values = {
        "of_day": issued_on,
        "last_day": period.last_day,
        "provisional": period.provisional,
        "remind_on": remind_on,
    }
    return await tx.execute(_CORRECT, values)


async def to_remind(tx: Transaction, today: date, most: int) -> list[Row]:
    """Open windows with a reminder due, locked, each with whether a claim stands; at most ``most``."""
    return await tx.rows(_TO_REMIND, {"today": today, "most": most})


async def remind_next(tx: Transaction, days: Mapping[UUID, date | None]) -> None:
    """Writes the day of each window's next reminder."""
    values = {"certificate_ids": list(days), "remind_on": list(days.values())}
    await tx.execute(_REMIND_NEXT, values)


async def one_of_person(
    source: Database | Transaction, certificate_id: UUID, person_key: str
) -> Window | None:
    """One of the person's windows."""
    row = await source.row(_ONE_OF_PERSON, {"certificate_id": certificate_id, "person_key": person_key})
    return window_from(row) if row else None


async def certificate_of(database: Database, person_key: str, number: str) -> UUID | None:
    """The id of a person's certificate by its number; None where it is not the person's or has no window."""
    row = await database.row(_BY_NUMBER, {"person_key": person_key, "certificate_number": number.upper()})
    return row["certificate_id"] if row else None
