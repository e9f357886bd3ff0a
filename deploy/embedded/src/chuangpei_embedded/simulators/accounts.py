"""The registry of social-security-card accounts (社会保障卡账户), simulated."""

from pathlib import Path
from typing import Literal

from chuangpei.web import Body
from fastapi import APIRouter
from pydantic import BaseModel

from chuangpei_embedded.simulators.availability import Availability
from chuangpei_embedded.simulators.store import Store


class NewAccount(Body):
    """An account (银行账户) that belongs to a person's card."""

    id_number: str
    name: str
    bank: str
    account_number: str


class Question(Body):
    """Whose accounts."""

    id_number: str
    name: str


class Account(BaseModel):
    """One account; ``linked_to_card`` says that it belongs to the person's social-security card (S11)."""

    bank: str
    account_number: str
    holder_name: str
    linked_to_card: bool = True
    status: Literal["active", "closed"] = "active"


class Accounts(BaseModel):
    """Every account of the person; none for a name that does not fit the number."""

    accounts: list[Account]


def accounts_router(file: Path) -> APIRouter:
    """The registry over what ``file`` holds, under ``/simulators/accounts``."""
    store, availability = Store(file), Availability()
    router = APIRouter(prefix="/simulators/accounts/v1", tags=["社保卡账户 · card accounts"])

    @router.post("/accounts", status_code=201, summary="登记账户 · Put an account")
    async def put(new: NewAccount) -> Account:
        account = Account(bank=new.bank, account_number=new.account_number, holder_name=new.name)
        store.put(new.id_number, account.model_dump())
        return account

    @router.post("/accounts/query", summary="查询账户 · Query accounts")
    async def query(question: Question) -> Accounts:
        availability.require()
        held = store.get(question.id_number)
        known = held is not None and held["holder_name"] == question.name
        return Accounts(accounts=[Account.model_validate(held)] if known else [])

    router.include_router(availability.router())
    return router
