"""What the steps of a batch mean for the ledger (记账): sums, with the lines as their detail (O04)."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from chuangpei.database import Row

from subsidy_svc.claims.lifecycle import State as ClaimState
from subsidy_svc.ledger.chart import Fund, Occasion
from subsidy_svc.ledger.posting import Entry
from subsidy_svc.payments.batch import Batch


def entries_of_years(
    occasion: Occasion, batch: Batch, by_year: Sequence[tuple[int, int, int]]
) -> list[Entry]:
    """One entry for each year whose money is in the batch: year, lines and fen."""
    return [
        Entry(
            occasion=occasion,
            fund=Fund(batch.district, year),
            amount_fen=total_fen,
            claims=lines,
            batch_id=batch.id,
        )
        for year, lines, total_fen in by_year
    ]


def entries_of_answers(batch: Batch, bank_result_id: UUID, answered: Sequence[Row]) -> list[Entry]:
    """What the bank's answers make of what was payable: paid, or promised again; what stops is free again."""
    claims: Counter[tuple[Occasion, int]] = Counter()
    fen: Counter[tuple[Occasion, int]] = Counter()
    for row in answered:
        occasion = Occasion.SETTLE if row["state"] == ClaimState.PAID else Occasion.FAIL
        claims[occasion, row["fund_year"]] += 1
        fen[occasion, row["fund_year"]] += row["amount_fen"]
    sums = [
        Entry(
            occasion=occasion,
            fund=Fund(batch.district, year),
            amount_fen=fen[occasion, year],
            claims=number,
            batch_id=batch.id,
            bank_result_id=bank_result_id,
        )
        for (occasion, year), number in sorted(claims.items())
    ]
    return sums + [
        Entry(
            occasion=Occasion.RELEASE,
            fund=Fund(batch.district, row["fund_year"]),
            amount_fen=row["amount_fen"],
            claim_id=row["id"],
        )
        for row in answered
        if row["state"] == ClaimState.STOPPED
    ]
