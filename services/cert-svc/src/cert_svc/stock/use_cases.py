"""What is done with blank certificates: received, allotted, printed, handed over, spoiled, counted."""

from typing import Any
from uuid import UUID

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.certificates import repository as certificates
from cert_svc.certificates.certificate import Certificate
from cert_svc.certificates.lifecycle import State as CertificateState
from cert_svc.certificates.number import canonical as canonical_number
from cert_svc.evaluation_bodies import repository as bodies
from cert_svc.problems import (
    BLANKS_RECEIVED_BEFORE,
    EDITION_ON_ANOTHER_BLANK,
    NOT_ALL_THERE,
    PAPER_DOES_NOT_HOLD,
)
from cert_svc.service import Service
from cert_svc.stock import repository
from cert_svc.stock.blank import Blank, Holder, Range
from cert_svc.stock.lifecycle import NEXT, Action, State
from cert_svc.stock.schemas import NewReceipt, NewTaking

_STORE = Holder()
_NO_BODY = FieldError("/body_id", "unknown_body", Text("没有此评价机构", "There is no such evaluation body"))


async def receive(
    tx: Transaction, service: Service, principal: Principal, wanted: NewReceipt
) -> dict[str, Any] | Refusal:
    """The printer delivered serials of one prefix: every one of them is in stock from now on (入库; C06)."""
    serials = wanted.serials
    receipt = {
        "id": new_id(),
        "kind": wanted.kind,
        "prefix": serials.prefix,
        "first_number": serials.first,
        "last_number": serials.last,
        "printer": wanted.printer,
        "delivery_note": wanted.delivery_note,
        "received_at": service.clock.now(),
        "received_by": principal.subject,
    }
    try:
        async with tx.savepoint():
            await repository.add_receipt(tx, receipt, serials)
    except asyncpg.ExclusionViolationError:
        return Refusal(BLANKS_RECEIVED_BEFORE)
    states = (None, State.IN_STOCK)
    await _entered(tx, service, principal, "receive", wanted.kind, serials, states, (_STORE, _STORE))
    return receipt


async def allot(
    tx: Transaction, service: Service, principal: Principal, serials: Range, to: Holder, note: str | None
) -> Row | Refusal:
    """Gives a range from the city's store to a district's centre or an evaluation body (分发; C06)."""
    if to.body_id is not None and await bodies.held(tx, to.body_id) is None:
        return Refusal(INVALID_INPUT, errors=(_NO_BODY,))
    return await _moved(tx, service, principal, Action.ALLOT, serials, (_STORE, to), note)


async def take_back(
    tx: Transaction, service: Service, principal: Principal, serials: Range, holder: Holder, note: str | None
) -> Row | Refusal:
    """Takes a range of unused serials back into the city's store (退回; C06)."""
    return await _moved(tx, service, principal, Action.RETURN, serials, (holder, _STORE), note)


async def print_on(
    tx: Transaction, service: Service, principal: Principal, serial: str, version: int, number: str
) -> Blank | Refusal:
    """The newest edition of a valid certificate is printed on a blank, on one alone (打印; C06)."""
    blank = await _held(tx, principal, serial, version)
    if isinstance(blank, Refusal):
        return blank
    certificate = await certificates.load_for_update(tx, canonical_number(number))
    if refusal := _unprintable(principal, blank, certificate, canonical_number(number)):
        return refusal
    assert certificate is not None, "an unknown one was refused"
    if refusal := blank.print(certificate):
        return refusal
    try:
        async with tx.savepoint():
            await repository.save(tx, blank)
    except asyncpg.UniqueViolationError:
        return Refusal(EDITION_ON_ANOTHER_BLANK)
    await _stepped(tx, service, principal, blank, Action.PRINT, State.ALLOTTED)
    return blank


async def hand_over(
    tx: Transaction, service: Service, principal: Principal, serial: str, version: int, note: str | None
) -> Blank | Refusal:
    """The printed certificate is handed to its holder; one that holds no more is not (发放; C06)."""
    blank = await _held(tx, principal, serial, version)
    if isinstance(blank, Refusal):
        return blank
    if (blank.state, Action.ISSUE) not in NEXT:
        return Refusal(NOT_ALLOWED_NOW)
    certificate = await _printed(tx, blank)
    if certificate is None:
        return Refusal(PAPER_DOES_NOT_HOLD)
    if refusal := blank.issue(certificate, civil_date(service.clock.now())):
        return refusal
    await repository.save(tx, blank)
    await _stepped(tx, service, principal, blank, Action.ISSUE, State.PRINTED, note)
    return blank


async def spoil(
    tx: Transaction, service: Service, principal: Principal, serial: str, version: int, reason: str
) -> Blank | Refusal:
    """A blank can be used no more; the edition that was on it may be printed on another (作废; C06)."""
    blank = await _held(tx, principal, serial, version)
    if isinstance(blank, Refusal):
        return blank
    before = blank.state
    if refusal := blank.spoil(reason):
        return refusal
    await repository.save(tx, blank)
    await _stepped(tx, service, principal, blank, Action.SPOIL, before, reason)
    return blank


async def count(
    tx: Transaction, service: Service, principal: Principal, wanted: NewTaking
) -> dict[str, Any] | Refusal:
    """Somebody counted the sheets of a holder: what was found is kept beside what is booked (盘点; C06)."""
    holder, at = wanted.holder, service.clock.now()
    if principal.district not in (None, holder.district):
        return Refusal(NOT_FOUND)
    taking = {
        "id": new_id(),
        "kind": wanted.kind,
        "district": holder.district,
        "body_id": holder.body_id,
        "counted": wanted.counted,
        "booked": await repository.booked(tx, wanted.kind, holder),
        "note": wanted.note,
        "taken_at": at,
        "taken_by": principal.subject,
    }
    if holder.body_id is not None and await bodies.held(tx, holder.body_id) is None:
        return Refusal(INVALID_INPUT, errors=(_NO_BODY,))
    await repository.add_taking(tx, taking)
    await record(
        tx,
        principal,
        at=at,
        action="take_stock",
        object_type="stock_taking",
        object_id=taking["id"],
        reason=wanted.note,
        details={"counted": wanted.counted, "booked": taking["booked"]},
    )
    return taking


async def _moved(
    tx: Transaction,
    service: Service,
    principal: Principal,
    action: Action,
    serials: Range,
    holders: tuple[Holder, Holder],
    note: str | None,
) -> Row | Refusal:
    """Moves the whole range, or nothing."""
    receipt = await repository.receipt_for_update(tx, serials)
    if receipt is None:
        return Refusal(NOT_FOUND)
    before = State.IN_STOCK if action is Action.ALLOT else State.ALLOTTED
    states = (before, NEXT[before, action])
    count = await repository.move_range(tx, serials, states, holders)
    if count != serials.quantity:
        there = Text(
            f"{serials.quantity}份中有{count}份可以", f"{count} of {serials.quantity} could be moved"
        )
        return Refusal(NOT_ALL_THERE, detail=there)
    await _entered(tx, service, principal, action, receipt["kind"], serials, states, holders, reason=note)
    return receipt


async def _held(tx: Transaction, principal: Principal, serial: str, version: int) -> Blank | Refusal:
    """The locked blank, for who keeps it and read its version."""
    blank = await repository.load_for_update(tx, serial)
    if blank is None or principal.district not in (None, blank.district):
        return Refusal(NOT_FOUND)
    return blank if blank.version == version else Refusal(PRECONDITION_FAILED)


def _unprintable(
    principal: Principal, blank: Blank, certificate: Certificate | None, number: str
) -> Refusal | None:
    if certificate is None or principal.district not in (None, certificate.institution.district):
        return _refused("unknown_certificate", Text("没有此证书", "There is no such certificate"))
    if certificate.number != number or certificate.state is not CertificateState.VALID:
        return Refusal(PAPER_DOES_NOT_HOLD)
    if certificate.kind != blank.kind:
        return _refused(
            "another_kind", Text("证书种类与空白证书不符", "It is of another kind than the blank")
        )
    return None


def _refused(code: str, text: Text) -> Refusal:
    return Refusal(INVALID_INPUT, errors=(FieldError("/certificate_number", code, text),))


async def _printed(tx: Transaction, blank: Blank) -> Certificate | None:
    """The locked certificate that is printed on a blank, while what is printed holds."""
    assert blank.certificate_id is not None, "a printed blank has a certificate"
    certificate = await certificates.by_id_for_update(tx, blank.certificate_id)
    assert certificate is not None, "certificates are never deleted"
    holds = certificate.state is CertificateState.VALID and certificate.edition == blank.edition
    return certificate if holds else None


async def _stepped(
    tx: Transaction,
    service: Service,
    principal: Principal,
    blank: Blank,
    action: Action,
    before: State,
    reason: str | None = None,
) -> None:
    holders, states = (blank.holder, blank.holder), (before, blank.state)
    await _entered(
        tx,
        service,
        principal,
        action,
        blank.kind,
        blank.alone,
        states,
        holders,
        reason=reason,
        certificate_id=blank.certificate_id,
        edition=blank.edition,
    )


async def _entered(
    tx: Transaction,
    service: Service,
    principal: Principal,
    move: str,
    kind: str,
    serials: Range,
    states: tuple[State | None, State],
    holders: tuple[Holder, Holder],
    *,
    reason: str | None = None,
    certificate_id: UUID | None = None,
    edition: int | None = None,
) -> None:
    """One line in the ledger of moves, and one in the audit log."""
    at = service.clock.now()
    prefix, first, last = serials
    line = {
        "move": move,
        "kind": kind,
        "prefix": prefix,
        "first_number": first,
        "last_number": last,
        "from_state": states[0],
        "to_state": states[1],
        "from_district": holders[0].district,
        "from_body_id": holders[0].body_id,
        "to_district": holders[1].district,
        "to_body_id": holders[1].body_id,
        "certificate_id": certificate_id,
        "edition": edition,
        "reason": reason,
    }
    await repository.enter_move(tx, repository.written(at, principal) | line)
    await record(
        tx,
        principal,
        at=at,
        action=f"{move}_blanks",
        object_type="blanks",
        object_id=f"{prefix}{first}-{last}",
        from_state=states[0],
        to_state=states[1],
        reason=reason,
        details={"quantity": serials.quantity},
    )
