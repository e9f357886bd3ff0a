"""The report of the money (资金报表): what each fund's accounts hold, and the equations (O04)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chuangpei.database import Row

from subsidy_svc.ledger.chart import Account, Fund, FundLine


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sides that are the same to the fen in a sound ledger."""

    text: str
    left_fen: int
    right_fen: int

    @property
    def holds(self) -> bool:
        """Whether they are."""
        return self.left_fen == self.right_fen


_EQUATIONS: tuple[tuple[Account, tuple[Account, ...]], ...] = (
    (Account.BUDGET, (Account.AVAILABLE, Account.COMMITTED, Account.PAYABLE, Account.PAID)),
    (Account.CLAIMED_BACK, (Account.RECEIVABLE, Account.RECOVERED, Account.WAIVED)),
)

Balances = Mapping[Account, int]


def equations(balances: Balances) -> list[Equation]:
    """Budget and claimed-back, each against the accounts it is spread over."""
    return [
        Equation(f"{left} = {' + '.join(right)}", balances[left], sum(balances[account] for account in right))
        for left, right in _EQUATIONS
    ]


def left_of_budget(balances: Balances) -> int:
    """How many fen may still be sealed for payment (预算余额): the budget less what is payable or paid."""
    return balances[Account.BUDGET] - balances[Account.PAYABLE] - balances[Account.PAID]


def by_fund(rows: Sequence[Row]) -> dict[Fund, dict[Account, int]]:
    """Every account of each fund that has entries, in order; an account without any holds nothing."""
    found: dict[Fund, dict[Account, int]] = defaultdict(lambda: dict.fromkeys(Account, 0))
    for row in rows:
        fund = Fund(row["district"], row["fund_year"], FundLine(row["fund_line"]))
        found[fund][Account(row["account"])] = row["balance_fen"]
    return dict(sorted(found.items()))


def summed(funds: Sequence[Balances]) -> dict[Account, int]:
    """All funds together."""
    return {account: sum(one[account] for one in funds) for account in Account}
