"""The account registry (社保卡账户): a person's bank accounts, and which one the card is linked to."""

import logging
from dataclasses import dataclass
from typing import Protocol

import httpx
from chuangpei.kernel.refusals import Refusal
from pydantic import BaseModel, ValidationError

from subsidy_svc.problems import ACCOUNTS_AWAY

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BankAccount:
    """One account as the registry tells it."""

    bank: str
    account_number: str
    holder_name: str
    linked_to_card: bool
    status: str


class Accounts(Protocol):
    """Tells a person's accounts."""

    async def of_person(self, id_number: str, name: str) -> tuple[BankAccount, ...] | Refusal:
        """The person's accounts, none where there are none; a refusal while the registry cannot be asked."""

    async def close(self) -> None:
        """Lets go of its connections."""


class _Account(BaseModel):
    bank: str
    account_number: str
    holder_name: str
    linked_to_card: bool
    status: str


class _Answer(BaseModel):
    accounts: list[_Account]


class HttpAccounts:
    """The registry over HTTP, with pooled connections."""

    def __init__(
        self, url: str, timeout_seconds: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout_seconds, transport=transport)

    async def of_person(self, id_number: str, name: str) -> tuple[BankAccount, ...] | Refusal:
        """The person's accounts, none where there are none; a refusal while the registry cannot be asked."""
        try:
            reply = await self._client.post("/v1/accounts/query", json={"id_number": id_number, "name": name})
            if reply.status_code == httpx.codes.NOT_FOUND:
                return ()
            reply.raise_for_status()
            answer = _Answer.model_validate_json(reply.content)
        except (httpx.HTTPError, ValidationError) as error:
            log.warning("the account registry did not answer: %s", type(error).__name__)
            return Refusal(ACCOUNTS_AWAY, retry_after_seconds=30)
        return tuple(BankAccount(**one.model_dump()) for one in answer.accounts)

    async def close(self) -> None:
        """Lets go of its connections."""
        await self._client.aclose()
