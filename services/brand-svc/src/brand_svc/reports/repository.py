"""Queries on reports."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, select

from brand_svc.access import office_reaches
from brand_svc.reader import Reader
from brand_svc.reports.lifecycle import State
from brand_svc.reports.report import Report, Reporter
from brand_svc.reports.tables import reports

_REPORTER = ("masked_name", "masked_phone", "name_encrypted", "phone_encrypted")
_OWN = tuple(column.name for column in reports.c if column.name not in _REPORTER)
_NAMES = (*_OWN, *_REPORTER)
_INSERT = Statement(reports.insert().values({name: bindparam(name) for name in _NAMES}))
_ONE = select(reports).where(reports.c.id == bindparam("id"))
_FIND = Statement(_ONE)
_FOR_UPDATE = Statement(_ONE.with_for_update())
_BY_RECEIPT = Statement(select(reports).where(reports.c.receipt == bindparam("receipt")))
_SAVED = ("state", "ground", "outcome", "decided_on", "decided_by")
_SAVE = Statement(
    reports.update()
    .where(reports.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in _SAVED} | {"version": bindparam("next_version")})
)
LIST = Listing(
    select(reports),
    key=Order(reports.c.id, UUID),
    orders={"received_on": Order(reports.c.received_on, date)},
    filters={
        "district": equal(reports.c.district),
        "credit_code": equal(reports.c.credit_code),
        "state": equal(reports.c.state),
        "channel": equal(reports.c.channel),
        "anonymous": Filter(sa.Boolean(), lambda value: reports.c.masked_name.is_(None) == value),
        "received_since": since(reports.c.received_on),
        "received_until": until(reports.c.received_on),
    },
    reaches=office_reaches(reports.c.district),
)


def report_of(row: Row) -> Report:
    """The report of a row."""
    sealed = {name: row[name] for name in _REPORTER}
    values = {name: row[name] for name in _OWN} | {"state": State(row["state"])}
    return Report(**values, reporter=Reporter(**sealed) if sealed["masked_name"] is not None else None)


async def add(tx: Transaction, report: Report) -> None:
    """Adds a report."""
    values = {name: getattr(report, name) for name in _OWN}
    await tx.execute(_INSERT, values | {name: getattr(report.reporter, name, None) for name in _REPORTER})


async def find(reader: Reader, report_id: UUID) -> Report | None:
    """The report, without a lock."""
    row = await reader.row(_FIND, {"id": report_id})
    return report_of(row) if row else None


async def by_receipt(reader: Reader, receipt: str) -> Report | None:
    """The report of this receipt."""
    row = await reader.row(_BY_RECEIPT, {"receipt": receipt})
    return report_of(row) if row else None


async def load_for_update(tx: Transaction, report_id: UUID) -> Report | None:
    """The report, locked until the transaction ends."""
    row = await tx.row(_FOR_UPDATE, {"id": report_id})
    return report_of(row) if row else None


async def save(tx: Transaction, report: Report) -> None:
    """Stores what was decided on a report and raises its version."""
    values = {name: getattr(report, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": report.id, "next_version": report.version + 1})
    report.version += 1
