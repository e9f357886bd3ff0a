"""Named queries over budgets, with what the ledger says of their funds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from subsidy_svc.access import Scope, office_reaches
from subsidy_svc.budgets.tables import budgets
from subsidy_svc.ledger.chart import Account
from subsidy_svc.ledger.tables import entries

_NEW = tuple(column.name for column in budgets.columns if column.name != "drawn_fen")
_ADD = Statement(
    insert(budgets)
    .values({name: bindparam(name, type_=budgets.c[name].type) for name in _NEW})
    .on_conflict_do_nothing(index_elements=["district", "fund_line", "fund_year"])
    .returning(budgets)
)
_AMENDED = ("amount_fen", "document_number", "reason", "set_at", "set_by")
_SAVE = Statement(
    budgets.update()
    .where(budgets.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=budgets.c[name].type) for name in _AMENDED}
        | {"version": budgets.c.version + 1}
    )
    .returning(budgets)
)
_ONE_FOR_UPDATE = Statement(sa.select(budgets).where(budgets.c.id == bindparam("id")).with_for_update())
_OF_YEARS_FOR_UPDATE = Statement(
    sa.select(budgets)
    .where(
        budgets.c.district == bindparam("district", type_=sa.Text),
        budgets.c.fund_line == bindparam("fund_line", type_=sa.Text),
        budgets.c.fund_year == sa.any_(bindparam("years", type_=sa.ARRAY(sa.SmallInteger))),
    )
    .order_by(budgets.c.fund_year)
    .with_for_update()
)


def _held(account: Account) -> sa.ColumnElement[int]:
    name: sa.ColumnElement[str] = sa.literal_column(f"'{account}'")
    debits = func.sum(entries.c.amount_fen).filter(entries.c.debit == name)
    credits_ = func.sum(entries.c.amount_fen).filter(entries.c.credit == name)
    held = func.coalesce(debits, 0) - func.coalesce(credits_, 0)
    return sa.cast(held, sa.BigInteger).label(f"{account}_fen")


_fund = (
    sa.select(_held(Account.COMMITTED), _held(Account.PAYABLE), _held(Account.PAID))
    .where(
        entries.c.district == budgets.c.district,
        entries.c.fund_line == budgets.c.fund_line,
        entries.c.fund_year == budgets.c.fund_year,
    )
    .lateral("fund")
)
_SELECT = sa.select(budgets, _fund).join(_fund, sa.true())
LIST = Listing(
    _SELECT,
    key=Order(budgets.c.id, UUID),
    orders={
        "fund_year": Order(budgets.c.fund_year, int),
        "district": Order(budgets.c.district, str),
        "amount_fen": Order(budgets.c.amount_fen, int),
    },
    filters={
        "district": equal(budgets.c.district),
        "fund_line": equal(budgets.c.fund_line),
        "fund_year": equal(budgets.c.fund_year),
    },
    reaches=office_reaches(budgets.c.district),
)
_ONE = {
    reach: Statement(
        _SELECT.where(budgets.c.id == bindparam("id"), *([] if condition is None else [condition]))
    )
    for reach, condition in office_reaches(budgets.c.district).items()
}


async def add(tx: Transaction, values: dict[str, Any]) -> Row | None:
    """Writes a new budget; None where the fund has one."""
    return await tx.row(_ADD, values)


async def for_update(tx: Transaction, budget_id: UUID) -> Row | None:
    """A budget, its row locked: nobody draws on it meanwhile."""
    return await tx.row(_ONE_FOR_UPDATE, {"id": budget_id})


async def of_years_for_update(
    tx: Transaction, district: str, fund_line: str, years: Sequence[int]
) -> dict[int, Row]:
    """The budgets of a district by year, their rows locked."""
    values = {"district": district, "fund_line": fund_line, "years": list(years)}
    return {row["fund_year"]: row for row in await tx.rows(_OF_YEARS_FOR_UPDATE, values)}


async def save(tx: Transaction, budget_id: UUID, values: dict[str, Any]) -> Row:
    """Writes what was amended and counts the version up."""
    row = await tx.row(_SAVE, {"of_id": budget_id} | {name: values[name] for name in _AMENDED})
    assert row is not None, "budgets are never deleted"
    return row


async def one(reader: Database | Transaction, budget_id: UUID, scope: Scope) -> Row | None:
    """A budget that the scope sees, with what the ledger says of its fund."""
    return await reader.row(_ONE[scope.reach], {"id": budget_id, "scope": scope.value})
