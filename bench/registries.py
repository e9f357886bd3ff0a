"""Registries of others under measurement: they answer at once, in process, for ours and for the peers."""

from collections.abc import Mapping
from datetime import date, timedelta

from chuangpei.kernel.clock import SystemClock
from chuangpei.kernel.credit_code import make_credit_code
from chuangpei.kernel.enterprises import Enterprise
from subsidy_svc.ports.accounts import BankAccount

FIRM = make_credit_code("91310115MA1K4XY10")
BANK, ACCOUNT_NUMBER = "中国银行", "6222021001122334455"
_AGE = timedelta(days=400)
_OTHER_FACTS: Mapping[str, str] = {"name": "上海申创科技有限公司", "province_code": "31", "status": "active"}


class InstantRegistry:
    """One active firm of Shanghai, of which everybody is the legal representative."""

    def __init__(self) -> None:
        self._registered_on = SystemClock().today() - _AGE

    async def relation(self, credit_code: str, id_number: str, on: date) -> Enterprise | None:
        """The firm, or None for another one."""
        if credit_code != FIRM:
            return None
        return Enterprise(
            credit_code=credit_code,
            registered_on=self._registered_on,
            roles=frozenset({"legal_representative"}),
            **_OTHER_FACTS,
        )

    async def close(self) -> None:
        """Nothing is open."""


class InstantAccounts:
    """Everybody has one active account linked to the card."""

    async def of_person(self, id_number: str, name: str) -> tuple[BankAccount, ...]:
        """The account."""
        return (BankAccount(BANK, ACCOUNT_NUMBER, name, linked_to_card=True, status="active"),)

    async def close(self) -> None:
        """Nothing is open."""
