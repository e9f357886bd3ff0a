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


def entries_of_answers(batch: Batch, answered: Sequence[Row], *, bank_result_id: UUID) -> list[Entry]:
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
    return sums + _released(batch, answered)


def entries_of_finding(batch: Batch, answered: Sequence[Row]) -> list[Entry]:
    """What two people found about a line, posted by its claim."""
    found = [
        _of_claim(batch, Occasion.SETTLE if row["state"] == ClaimState.PAID else Occasion.FAIL, row)
        for row in answered
    ]
    return found + _released(batch, answered)


def _released(batch: Batch, answered: Sequence[Row]) -> list[Entry]:
    stopped = [row for row in answered if row["state"] == ClaimState.STOPPED]
    return [_of_claim(batch, Occasion.RELEASE, row) for row in stopped]


def _of_claim(batch: Batch, occasion: Occasion, row: Row) -> Entry:
    fund = Fund(batch.district, row["fund_year"])
    return Entry(
        occasion=occasion, fund=fund, amount_fen=row["amount_fen"], claim_id=row["id"], batch_id=batch.id
    )
