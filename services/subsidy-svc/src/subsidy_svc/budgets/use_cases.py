"""Budgets (预算; O04): set and amended by the city centre, drawn on when a batch is sealed."""

from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.money import Fen, yuan
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import scope_of
from subsidy_svc.budgets import repository
from subsidy_svc.budgets.schemas import BudgetAmendment, BudgetView, NewBudget, budget_view
from subsidy_svc.ledger.chart import Fund, FundLine, Occasion
from subsidy_svc.ledger.posting import Entry, post
from subsidy_svc.problems import BUDGET_EXCEEDED, BUDGET_SET
from subsidy_svc.service import Service


async def set_budget(
    tx: Transaction, service: Service, city: Principal, body: NewBudget
) -> BudgetView | Refusal:
    """Sets the budget of a fund, once (预算下达; O04)."""
    now = service.clock.now()
    values = body.model_dump() | {"id": new_id(), "set_at": now, "set_by": city.subject, "version": 1}
    row = await repository.add(tx, values)
    if row is None:
        return Refusal(BUDGET_SET)
    await post(tx, service, city, [_entry(Occasion.ALLOT, row, body.amount_fen)])
    await record(
        tx,
        city,
        at=now,
        action="budget.set",
        object_type="budget",
        object_id=row["id"],
        reason=body.reason,
        details={"amount_fen": body.amount_fen, "document_number": body.document_number},
    )
    return await _shown(tx, city, row["id"])


async def amend(
    tx: Transaction,
    service: Service,
    city: Principal,
    budget_id: UUID,
    version: int,
    body: BudgetAmendment,
) -> BudgetView | Refusal:
    """Raises or cuts a budget, never below what is payable or paid (预算调整; O04)."""
    row = await repository.for_update(tx, budget_id)
    if row is None:
        return Refusal(NOT_FOUND)
    if row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    if body.amount_fen < row["drawn_fen"]:
        return Refusal(BUDGET_EXCEEDED, detail=_figures(row, row["drawn_fen"] - row["amount_fen"]))
    if not await _kept(tx, service, city, row, body):
        return Refusal(NOTHING_AMENDED)
    now = service.clock.now()
    await repository.save(tx, budget_id, body.model_dump() | {"set_at": now, "set_by": city.subject})
    change = body.amount_fen - row["amount_fen"]
    if change:
        occasion = Occasion.ALLOT if change > 0 else Occasion.CUT
        await post(tx, service, city, [_entry(occasion, row, abs(change))])
    return await _shown(tx, city, budget_id)


async def draw(
    tx: Transaction, district: str, fen_by_year: dict[int, int], line: FundLine = FundLine.STAGE_3_SUBSIDY
) -> Refusal | None:
    """Locks the budgets that a batch draws on; refuses, with all figures, what is more than they have left.

    The lock holds until the commit. The ledger's trigger and a CHECK would refuse an overdraft without it.
    """
    found = await repository.of_years_for_update(tx, district, line, sorted(fen_by_year))
    short = [
        _figures(found.get(year), fen, year)
        for year, fen in sorted(fen_by_year.items())
        if year not in found or fen > found[year]["amount_fen"] - found[year]["drawn_fen"]
    ]
    if not short:
        return None
    detail = Text("；".join(one.zh for one in short), "; ".join(one.en for one in short))
    return Refusal(BUDGET_EXCEEDED, detail=detail)


async def _kept(tx: Transaction, service: Service, city: Principal, row: Row, body: BudgetAmendment) -> bool:
    names = ("amount_fen", "document_number")
    return await amended(
        tx,
        city,
        at=service.clock.now(),
        object_type="budget",
        object_id=row["id"],
        reason=body.reason,
        before={name: row[name] for name in names},
        after={name: getattr(body, name) for name in names},
    )


async def _shown(tx: Transaction, principal: Principal, budget_id: UUID) -> BudgetView:
    row = await repository.one(tx, budget_id, scope_of(principal))
    assert row is not None, "the city sees every budget"
    return budget_view(row)


def _entry(occasion: Occasion, row: Row, fen: int) -> Entry:
    fund = Fund(row["district"], row["fund_year"], FundLine(row["fund_line"]))
    return Entry(occasion=occasion, fund=fund, amount_fen=fen, claims=0, budget_id=row["id"])


def _figures(row: Row | None, wanted_fen: int, year: int | None = None) -> Text:
    amount, drawn = (row["amount_fen"], row["drawn_fen"]) if row else (0, 0)
    figures = {"amount": amount, "drawn": drawn, "left": amount - drawn, "wanted": wanted_fen}
    shown = {name: yuan(Fen(fen)) for name, fen in figures.items()}
    shown["year"] = str(row["fund_year"] if row else year)
    zh = "{year}年预算{amount}元，应付及已付{drawn}元，余{left}元，本次{wanted}元"
    en = "Budget {year}: {amount} yuan, payable and paid {drawn}, left {left}, now {wanted}"
    return Text(zh.format(**shown), en.format(**shown))
