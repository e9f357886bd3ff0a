"""Keeping a claim as a draft, changing it, discarding it; what it needs to be submitted (草稿; S05, S06)."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import orjson
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_account
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.attachments import repository as attachments
from subsidy_svc.claims.gathering import ChosenAccount
from subsidy_svc.claims.origin import Channel, Origin
from subsidy_svc.claims.phone import clear_phone, phone_columns
from subsidy_svc.claims.schemas import chosen
from subsidy_svc.drafts import repository
from subsidy_svc.drafts.lifecycle import NEXT, Action, State
from subsidy_svc.drafts.schemas import DraftContent, DraftView, NewDraft, draft_view
from subsidy_svc.policy.facts import AccountKind
from subsidy_svc.problems import DRAFT_LIVE
from subsidy_svc.service import Service
from subsidy_svc.windows import repository as windows

_PURPOSE = "subsidy.draft_account"


@dataclass(frozen=True, slots=True)
class Complete:
    """A live draft with all that an application needs."""

    certificate_id: UUID
    enterprise_credit_code: str
    account: ChosenAccount


async def begin(tx: Transaction, service: Service, person: Principal, body: NewDraft) -> DraftView | Refusal:
    """A draft for the person's own certificate; there is one at a time (S05)."""
    assert person.person_key is not None, "a citizen has a person"
    if await windows.one_of_person(tx, body.certificate_id, person.person_key) is None:
        return Refusal(NOT_FOUND)
    draft_id = new_id()
    values = {
        "id": draft_id,
        "certificate_id": body.certificate_id,
        "person_key": person.person_key,
        "state": State.DRAFT,
        "saved_at": service.clock.now(),
        "version": 1,
    }
    if not await repository.add(tx, values | _sealed(service, body)):
        return Refusal(DRAFT_LIVE)
    return await _shown(tx, draft_id, person.person_key)


async def save(
    tx: Transaction, service: Service, person: Principal, draft_id: UUID, version: int, body: DraftContent
) -> DraftView | Refusal:
    """The draft's content is written anew, whole."""
    row = await _live(tx, person, draft_id, version, Action.SAVE)
    if isinstance(row, Refusal):
        return row
    await repository.save(tx, draft_id, _sealed(service, body), service.clock.now())
    return await _shown(tx, draft_id, row["person_key"])


async def discard(tx: Transaction, person: Principal, draft_id: UUID, version: int) -> DraftView | Refusal:
    """The draft is given up with its files; it stays to be read, and another may be begun."""
    row = await _live(tx, person, draft_id, version, Action.DISCARD)
    if isinstance(row, Refusal):
        return row
    await repository.discard(tx, draft_id)
    await attachments.discard(tx, draft_id)
    return await _shown(tx, draft_id, row["person_key"])


def complete(service: Service, row: Row, version: int) -> Complete | Refusal:
    """What is to be submitted of a draft; a refusal names each thing that is missing."""
    if (State(row["state"]), Action.SUBMIT) not in NEXT:
        return Refusal(NOT_ALLOWED_NOW)
    if row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    missing = [name for name in ("enterprise_credit_code", "account_kind") if row[name] is None]
    if missing:
        text = Text("提交前须填写", "Needed before the claim is submitted")
        errors = tuple(FieldError(f"/{name.removesuffix('_kind')}", "missing", text) for name in missing)
        return Refusal(INVALID_INPUT, errors=errors)
    given = orjson.loads(service.privacy.at_rest.decrypt(row["account_encrypted"], _PURPOSE))
    account = ChosenAccount(**given | {"kind": AccountKind(given["kind"])})
    return Complete(row["certificate_id"], row["enterprise_credit_code"], account)


def origin_of(service: Service, row: Row) -> Origin:
    """How a draft's application comes: online, where it does not say."""
    sealed = row["phone_encrypted"]
    phone = clear_phone(service.privacy, sealed) if sealed else None
    return Origin(Channel(row["channel"] or Channel.ONLINE), row["case_number"], phone)


async def _live(
    tx: Transaction, person: Principal, draft_id: UUID, version: int, action: Action
) -> Row | Refusal:
    row = await repository.load_for_update(tx, draft_id, person.person_key or "")
    if row is None:
        return Refusal(NOT_FOUND)
    if (State(row["state"]), action) not in NEXT:
        return Refusal(NOT_ALLOWED_NOW)
    return row if row["version"] == version else Refusal(PRECONDITION_FAILED)


async def _shown(tx: Transaction, draft_id: UUID, person_key: str) -> DraftView:
    row = await repository.one(tx, draft_id, person_key)
    assert row is not None, "it was written just now"
    return draft_view(row)


def _sealed(service: Service, body: DraftContent) -> dict[str, Any]:
    """The columns of a draft's content: bank, number and holder of an account are encrypted as one."""
    account = None if body.account is None else chosen(body.account)
    given = None if account is None else orjson.dumps(asdict(account)).decode()
    number = account.account_number if account else ""
    phone = phone_columns(service.privacy, body.phone)
    return {
        "enterprise_credit_code": body.enterprise_credit_code,
        "account_kind": account.kind if account else None,
        "account_masked": f"{account.bank} {mask_account(number)}" if account and number else None,
        "account_encrypted": service.privacy.at_rest.encrypt(given, _PURPOSE) if given else None,
        "phone_masked": phone["phone_masked"],
        "phone_encrypted": phone["phone_encrypted"],
        "channel": body.channel,
        "case_number": body.case_number,
    }
