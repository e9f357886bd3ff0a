"""Writing to the ledger (记账), in the transaction of the step that an entry tells (O04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction

from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.ledger import repository
from subsidy_svc.ledger.chart import POSTINGS, Fund, Occasion, occasion_of_step
from subsidy_svc.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to post: how many fen of which fund, for how many claims, and what it rests on."""

    occasion: Occasion
    fund: Fund
    amount_fen: int
    claims: int = 1
    claim_id: UUID | None = None
    batch_id: UUID | None = None
    bank_result_id: UUID | None = None
    recovery_id: UUID | None = None
    receipt_id: UUID | None = None
    budget_id: UUID | None = None


async def post(tx: Transaction, service: Service, principal: Principal, entries: Sequence[Entry]) -> None:
    """Posts the entries in one statement."""
    rows = [
        {
            "posted_at": service.clock.now(),
            "posted_on": service.clock.today(),
            "posted_by": principal.subject,
            "occasion": entry.occasion,
            "district": entry.fund.district,
            "fund_line": entry.fund.line,
            "fund_year": entry.fund.year,
            "debit": POSTINGS[entry.occasion].debit,
            "credit": POSTINGS[entry.occasion].credit,
            "amount_fen": entry.amount_fen,
            "claims": entry.claims,
            "claim_id": entry.claim_id,
            "batch_id": entry.batch_id,
            "bank_result_id": entry.bank_result_id,
            "recovery_id": entry.recovery_id,
            "receipt_id": entry.receipt_id,
            "budget_id": entry.budget_id,
        }
        for entry in entries
    ]
    if rows:
        await repository.insert_all(tx, rows)


async def reverse_receipt_entry(
    tx: Transaction, service: Service, principal: Principal, receipt_id: UUID
) -> None:
    """Posts the mirror of a receipt's entry (冲销); the database lets it happen once."""
    values = {
        "posted_at": service.clock.now(),
        "posted_on": service.clock.today(),
        "posted_by": principal.subject,
        "of_receipt": receipt_id,
    }
    posted = await repository.insert_reversal(tx, values)
    assert posted == 1, "a receipt has one entry"


async def follow_claim(
    tx: Transaction, service: Service, principal: Principal, before: State, claim: Claim
) -> None:
    """Posts what a step of a claim means for the money: approved, it is committed; ended, free again."""
    occasion = occasion_of_step(before, claim.state)
    if occasion is None:
        return
    assert claim.fund_year is not None, "an approved claim has the year of its money"
    fund = Fund(claim.district, claim.fund_year)
    entry = Entry(occasion=occasion, fund=fund, amount_fen=claim.amount_fen, claim_id=claim.id)
    await post(tx, service, principal, [entry])
