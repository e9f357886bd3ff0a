"""The chart of accounts (会计科目) and the one table of what may be posted between them (O04, D11).

Each entry debits one account and credits another with the same fen, so that no entry can be out of balance.
Budget and claimed-back are credit accounts, all others debit accounts:

    budget       = available + committed + payable + paid
    claimed_back = receivable + recovered + waived
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from chuangpei.kernel.refusals import Text

from subsidy_svc.claims.lifecycle import State


class FundLine(StrEnum):
    """What public money is for (资金科目; O04). This service pays the stage-3 subsidy alone."""

    STAGE_3_SUBSIDY = "stage_3_subsidy"


@dataclass(frozen=True, slots=True, order=True)
class Fund:
    """Whose money (资金): a district's, for one line, of the year in which the claim was approved (O04)."""

    district: str
    year: int
    line: FundLine = FundLine.STAGE_3_SUBSIDY


class Account(StrEnum):
    """Where the money of a fund stands."""

    BUDGET = "budget"
    AVAILABLE = "available"
    COMMITTED = "committed"
    PAYABLE = "payable"
    PAID = "paid"
    CLAIMED_BACK = "claimed_back"
    RECEIVABLE = "receivable"
    RECOVERED = "recovered"
    WAIVED = "waived"


ACCOUNT_NAMES: Mapping[Account, Text] = MappingProxyType(
    {
        Account.BUDGET: Text("预算指标", "Budget"),
        Account.AVAILABLE: Text("可用", "Available"),
        Account.COMMITTED: Text("已承诺", "Committed"),
        Account.PAYABLE: Text("应付", "Payable"),
        Account.PAID: Text("已付", "Paid"),
        Account.CLAIMED_BACK: Text("追回总额", "Claimed back"),
        Account.RECEIVABLE: Text("应追回", "Receivable"),
        Account.RECOVERED: Text("已追回", "Recovered"),
        Account.WAIVED: Text("已减免", "Waived"),
    }
)

CREDIT_ACCOUNTS = frozenset({Account.BUDGET, Account.CLAIMED_BACK})
"""Their balance is credits less debits; of all others, debits less credits."""


class Occasion(StrEnum):
    """What a domain step means for the money."""

    ALLOT = "allot"
    CUT = "cut"
    COMMIT = "commit"
    RELEASE = "release"
    SEAL = "seal"
    HOLD_OUT = "hold_out"
    RETURN = "return"
    FAIL = "fail"
    SETTLE = "settle"
    OPEN_RECOVERY = "open_recovery"
    RECEIVE = "receive"
    WAIVE = "waive"
    REVERSE = "reverse"


class Posting(NamedTuple):
    """The account debited (借) and the account credited (贷)."""

    debit: Account
    credit: Account


POSTINGS: Mapping[Occasion, Posting] = MappingProxyType(
    {
        Occasion.ALLOT: Posting(Account.AVAILABLE, Account.BUDGET),
        Occasion.CUT: Posting(Account.BUDGET, Account.AVAILABLE),
        Occasion.COMMIT: Posting(Account.COMMITTED, Account.AVAILABLE),
        Occasion.RELEASE: Posting(Account.AVAILABLE, Account.COMMITTED),
        Occasion.SEAL: Posting(Account.PAYABLE, Account.COMMITTED),
        Occasion.HOLD_OUT: Posting(Account.COMMITTED, Account.PAYABLE),
        Occasion.RETURN: Posting(Account.COMMITTED, Account.PAYABLE),
        Occasion.FAIL: Posting(Account.COMMITTED, Account.PAYABLE),
        Occasion.SETTLE: Posting(Account.PAID, Account.PAYABLE),
        Occasion.OPEN_RECOVERY: Posting(Account.RECEIVABLE, Account.CLAIMED_BACK),
        Occasion.RECEIVE: Posting(Account.RECOVERED, Account.RECEIVABLE),
        Occasion.WAIVE: Posting(Account.WAIVED, Account.RECEIVABLE),
    }
)
"""All that may be posted; the database holds entries to it. A reversal is the mirror of what it reverses."""

COMMITTED_STATES = frozenset(
    {State.NOTICED, State.HELD, State.CLEARED, State.BATCHED, State.PAYMENT_FAILED, State.ACCOUNT_CHANGED}
)
"""The states of a claim that is approved and not paid: its money is promised (已承诺)."""


def occasion_of_step(before: State, after: State) -> Occasion | None:
    """What a step of one claim means for the money; None where it stays as it is.

    An approval commits it; a withdrawal, a stop, a lost objection or an approval undone frees it again.
    """
    if after in COMMITTED_STATES and before not in COMMITTED_STATES:
        return Occasion.COMMIT
    if before in COMMITTED_STATES and after not in COMMITTED_STATES:
        return Occasion.RELEASE
    return None
