"""Named queries over the ledger."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, func

from subsidy_svc.access import office_reaches
from subsidy_svc.bulk import columns_of, insert_rows
from subsidy_svc.ledger.chart import CREDIT_ACCOUNTS
from subsidy_svc.ledger.tables import entries
from subsidy_svc.payments.tables import IS_ENDED, IS_LIVE, lines

_POSTED = tuple(column.name for column in entries.columns if column.name not in ("id", "reverses"))
_POST = Statement(insert_rows(entries, _POSTED))
_MIRRORED = (
    "district",
    "fund_line",
    "fund_year",
    "amount_fen",
    "claims",
    "claim_id",
    "batch_id",
    "bank_result_id",
    "recovery_id",
    "receipt_id",
    "budget_id",
)
_REVERSE = Statement(
    entries.insert().from_select(
        ["posted_at", "posted_on", "posted_by", "occasion", "debit", "credit", "reverses", *_MIRRORED],
        sa.select(
            bindparam("posted_at", type_=sa.DateTime(timezone=True)),
            bindparam("posted_on", type_=sa.Date),
            bindparam("posted_by", type_=sa.Text),
            sa.literal_column("'reverse'"),
            entries.c.credit,
            entries.c.debit,
            entries.c.id,
            *(entries.c[name] for name in _MIRRORED),
        ).where(entries.c.receipt_id == bindparam("of_receipt", type_=sa.Uuid), entries.c.reverses.is_(None)),
    )
)

COVERS = sa.and_(
    entries.c.claim_id.is_(None),
    lines.c.batch_id == entries.c.batch_id,
    lines.c.fund_year == entries.c.fund_year,
    sa.or_(
        entries.c.occasion == sa.literal_column("'seal'"),
        sa.and_(
            entries.c.occasion == sa.literal_column("'return'"),
            lines.c.status == sa.literal_column("'returned'"),
        ),
        sa.and_(
            entries.c.occasion == sa.literal_column("'settle'"),
            lines.c.status == sa.literal_column("'settled'"),
            lines.c.bank_result_id == entries.c.bank_result_id,
        ),
        sa.and_(
            entries.c.occasion == sa.literal_column("'fail'"),
            lines.c.status == sa.literal_column("'failed'"),
            lines.c.bank_result_id == entries.c.bank_result_id,
        ),
    ),
)
"""Which payment lines an entry of a batch is the sum of: its sub-ledger (明细账)."""


def _of_claim(claim_id: sa.ColumnElement[Any]) -> sa.CompoundSelect[Any]:
    """The entries of a claim: its own, and those of batches that cover its lines; each part by an index."""
    ids = sa.select(entries.c.id).correlate(None)
    own = ids.where(entries.c.claim_id == claim_id)
    covered = ids.select_from(entries.join(lines, COVERS)).where(lines.c.claim_id == claim_id)
    return sa.union_all(own, covered.where(IS_LIVE), covered.where(IS_ENDED))


LIST = Listing(
    sa.select(entries),
    key=Order(entries.c.id, int),
    orders={"posted_on": Order(entries.c.posted_on, date)},
    filters={
        "district": equal(entries.c.district),
        "fund_line": equal(entries.c.fund_line),
        "fund_year": equal(entries.c.fund_year),
        "occasion": equal(entries.c.occasion),
        "account": Filter(
            sa.Text(), lambda value: sa.or_(entries.c.debit == value, entries.c.credit == value)
        ),
        "claim_id": Filter(sa.Uuid(), lambda value: entries.c.id.in_(_of_claim(value))),
        "batch_id": equal(entries.c.batch_id),
        "recovery_id": equal(entries.c.recovery_id),
        "posted_since": since(entries.c.posted_on),
        "posted_until": until(entries.c.posted_on),
    },
    reaches=office_reaches(entries.c.district),
)
LINES_OF_ENTRY = Listing(
    sa.select(
        lines.c.batch_id, lines.c.line_no, lines.c.claim_id, lines.c.amount_fen, lines.c.status
    ).select_from(entries.join(lines, COVERS)),
    key=Order(lines.c.line_no, int),
    filters={"entry_id": equal(entries.c.id)},
    reaches=office_reaches(entries.c.district),
)

_FUND = (entries.c.district, entries.c.fund_line, entries.c.fund_year)
_year = bindparam("year", type_=sa.SmallInteger)
_district = bindparam("district", type_=sa.Text)


def _sides(*conditions: sa.ColumnElement[bool]) -> sa.Subquery:
    def side(account: sa.ColumnElement[Any], *, debit: bool) -> sa.Select[Any]:
        nothing: sa.ColumnElement[int] = sa.literal_column("0::bigint")
        amount = (entries.c.amount_fen, nothing) if debit else (nothing, entries.c.amount_fen)
        return sa.select(
            *_FUND, account.label("account"), amount[0].label("debit_fen"), amount[1].label("credit_fen")
        ).where(*conditions)

    return sa.union_all(side(entries.c.debit, debit=True), side(entries.c.credit, debit=False)).subquery(
        "sides"
    )


def _balances(*conditions: sa.ColumnElement[bool]) -> Statement:
    sides = _sides(*conditions)
    place = (sides.c.district, sides.c.fund_line, sides.c.fund_year, sides.c.account)
    debit, credit = func.sum(sides.c.debit_fen), func.sum(sides.c.credit_fen)
    of_credit = sides.c.account.in_([sa.literal_column(f"'{one}'") for one in sorted(CREDIT_ACCOUNTS)])
    return Statement(
        sa.select(
            *place,
            sa.cast(debit, sa.BigInteger).label("debit_fen"),
            sa.cast(credit, sa.BigInteger).label("credit_fen"),
            sa.cast(sa.case((of_credit, credit - debit), else_=debit - credit), sa.BigInteger).label(
                "balance_fen"
            ),
        )
        .group_by(*place)
        .order_by(*place)
    )


_BALANCES = {
    (of_year, of_district): _balances(
        *([entries.c.fund_year == _year] if of_year else []),
        *([entries.c.district == _district] if of_district else []),
    )
    for of_year in (False, True)
    for of_district in (False, True)
}


async def insert_all(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Posts entries."""
    await tx.execute(_POST, columns_of(rows, _POSTED))


async def insert_reversal(tx: Transaction, values: dict[str, Any]) -> int:
    """Posts the mirror of a receipt's entry, which the database lets happen once; returns how many."""
    return await tx.execute(_REVERSE, values)


async def balances(
    reader: Database | Transaction, year: int | None = None, district: str | None = None
) -> list[Row]:
    """Debits, credits and balance of each account of each fund; of one year or all, one district or all."""
    statement = _BALANCES[year is not None, district is not None]
    return await reader.rows(statement, {"year": year, "district": district})
