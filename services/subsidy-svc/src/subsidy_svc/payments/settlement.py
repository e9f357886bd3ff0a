"""The bank's answer (回盘): a file is taken whole or not at all, and takes effect once (S10, S11)."""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import Event
from chuangpei.events.subsidy import ClaimEvent, ClaimPaid, ClaimPaymentFailed, ClaimStopped
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND

from subsidy_svc.access import may_see_district
from subsidy_svc.bulk import record_all
from subsidy_svc.claims.lifecycle import State as ClaimState
from subsidy_svc.claims.payee import payee_digest
from subsidy_svc.ledger.posting import Entry, post
from subsidy_svc.payments import finding_repository as findings
from subsidy_svc.payments import repository
from subsidy_svc.payments import settlement_repository as answers
from subsidy_svc.payments.bank_file import MOST_ERRORS, ResultLine, read_bank_file
from subsidy_svc.payments.batch import Batch
from subsidy_svc.payments.entries import entries_of_answers
from subsidy_svc.payments.lifecycle import LineStatus, State
from subsidy_svc.payments.result_rows import ResultFault, ResultRow
from subsidy_svc.payments.schemas import BankResultView
from subsidy_svc.payments.use_cases import settle_if_answered
from subsidy_svc.platform_pushes.queueing import queue
from subsidy_svc.problems import BANK_FILE_REFUSED
from subsidy_svc.recoveries.use_cases import open_recoveries
from subsidy_svc.service import Service

_AT_A_TIME = 2_000

_FAULTS = {
    "foreign": Text("不属于本批次", "Not of this batch"),
    "altered_amount": Text("金额与上报不符", "The amount was altered"),
    "altered_payee": Text("户名或账号与上报不符", "The holder or the account was altered"),
    "held_out": Text("该笔已从批次中剔除，未曾导出", "This line was held out and never exported"),
    "answered_before": Text("该笔已有银行结果", "This line was answered before"),
}
_COLUMNS = {"altered_amount": "amount_fen"}
"""Where such a fault is in one column alone."""


async def import_results(
    tx: Transaction,
    service: Service,
    city: Principal,
    batch_id: UUID,
    content: bytes,
    rows: Iterable[ResultRow] | Refusal,
) -> BankResultView | Refusal:
    """Takes a result file: refused whole with line numbers, or applied; a second time it only answers.

    ``rows`` is what was read of ``content``, or why it cannot be read.
    """
    batch = await repository.load_for_update(tx, batch_id)
    if batch is None or not may_see_district(city, batch.district):
        return Refusal(NOT_FOUND)
    digest = sha256(content).hexdigest()
    known = await answers.by_sha256(tx, digest)
    if known is not None and known["batch_id"] == batch_id:
        return _view(known)
    if known is not None:
        # A claim paid anew may stand on the same line: what answered one batch never answers another.
        return Refusal(BANK_FILE_REFUSED, errors=(FieldError("line 1", "foreign", _FAULTS["foreign"]),))
    if batch.state not in (State.EXPORTED, State.SETTLED):
        text = Text(f"批次当前状态为 {batch.state}", f"The batch is {batch.state}")
        return Refusal(NOT_ALLOWED_NOW, detail=text)
    found = await _checked(tx, service, batch, rows)
    if isinstance(found, Refusal):
        return found
    return await _apply(tx, service, city, batch, found, digest)


async def _checked(
    tx: Transaction, service: Service, batch: Batch, rows: Iterable[ResultRow] | Refusal
) -> Sequence[ResultLine] | Refusal:
    if isinstance(rows, Refusal):
        return Refusal(BANK_FILE_REFUSED, errors=rows.errors)
    found, faults = read_bank_file(
        rows, batch.number, lambda holder, number: payee_digest(service.privacy, holder, number)
    )
    for at, code in await answers.faults(tx, batch.id, found):
        faults.append(ResultFault(at, code, _FAULTS[code], _COLUMNS.get(code)))
    if faults:
        in_order = sorted(faults, key=lambda fault: fault.at)
        return Refusal(BANK_FILE_REFUSED, errors=tuple(map(_error, in_order[:MOST_ERRORS])))
    return found


def _error(fault: ResultFault) -> FieldError:
    column = f", {fault.column}" if fault.column else ""
    return FieldError(f"line {fault.at}{column}", fault.code, fault.text)


async def _apply(
    tx: Transaction,
    service: Service,
    city: Principal,
    batch: Batch,
    found: Sequence[ResultLine],
    digest: str,
) -> BankResultView:
    settled = [line for line in found if line.status is LineStatus.SETTLED]
    values: dict[str, Any] = {
        "id": new_id(),
        "batch_id": batch.id,
        "sha256": digest,
        "imported_at": service.clock.now(),
        "imported_by": city.subject,
        "lines": len(found),
        "settled_lines": len(settled),
        "settled_fen": sum(line.amount_fen for line in settled),
        "failed_lines": sum(line.status is LineStatus.FAILED for line in found),
        "unknown_lines": sum(line.status is LineStatus.UNKNOWN for line in found),
    }
    await answers.remember(tx, values)
    changed = await answers.answer(tx, batch.id, values["id"], found)
    await findings.lapse(tx, batch.id, found)
    await take_effect(
        tx, service, city, batch, changed, entries_of_answers(batch, changed, bank_result_id=values["id"])
    )
    return _view(values)


async def take_effect(
    tx: Transaction,
    service: Service,
    principal: Principal,
    batch: Batch,
    changed: Sequence[Row],
    entries: Sequence[Entry],
) -> None:
    """What follows from answers: events, audit rows, entries, recoveries of what was recalled, the end."""
    for start in range(0, len(changed), _AT_A_TIME):
        await _tell(tx, service, principal, batch, changed[start : start + _AT_A_TIME])
    await post(tx, service, principal, entries)
    await open_recoveries(tx, service, recalled_and_paid(changed), service.clock.today())
    await settle_if_answered(tx, service, principal, batch)


async def _tell(
    tx: Transaction, service: Service, city: Principal, batch: Batch, changed: Sequence[Row]
) -> None:
    now, today = service.clock.now(), service.clock.today()
    await emit(tx, [_event(row, batch, today) for row in changed], now)
    await queue(tx, [row["id"] for row in changed if row["case_number"] is not None], now)
    for state in (ClaimState.PAID, ClaimState.PAYMENT_FAILED, ClaimState.STOPPED):
        ids = [row["id"] for row in changed if row["state"] == state]
        if ids:
            await record_all(
                tx,
                city,
                at=now,
                action=f"claim.{state}",
                object_type="claim",
                objects=ids,
                from_state=ClaimState.BATCHED,
                to_state=state,
                reason=f"batch {batch.number}",
            )
        if ids and state is ClaimState.STOPPED:
            await answers.release_places(tx, ids)


def recalled_and_paid(changed: Sequence[Row]) -> list[Row]:
    """The claims that the bank paid although their certificate was revoked meanwhile (D06)."""
    return [row for row in changed if row["recalled_on"] and row["state"] == ClaimState.PAID]


def _event(row: Row, batch: Batch, today: date) -> Event:
    told = {name: row[name] for name in ClaimEvent.model_fields if name in row.keys()}  # noqa: SIM118  # a Record
    told |= {"claim_id": row["id"], "on": today}
    if row["state"] == ClaimState.PAID:
        return ClaimPaid.model_validate(told | {"batch_id": batch.id})
    if row["state"] == ClaimState.STOPPED:
        return ClaimStopped.model_validate(told | {"cause": "certificate_revoked"})
    return ClaimPaymentFailed.model_validate(told | {"batch_id": batch.id, "bank_code": row["bank_code"]})


def _view(values: Row | dict[str, Any]) -> BankResultView:
    return BankResultView(**{name: values[name] for name in BankResultView.model_fields})
