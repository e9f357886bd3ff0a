"""Verbs: add and remove an assessor, declare and end a tie, learn who taught where (B04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.consumer import Message
from chuangpei.database import Row, Transaction
from chuangpei.events.training import TrainingCompleted
from chuangpei.kernel.dates import add_years
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_name
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND

from brand_svc.assessors import repository
from brand_svc.assessors.tie import TieKind
from brand_svc.assignments import use_cases as assignments
from brand_svc.policy.parameters import parameters_on
from brand_svc.problems import ASSESSOR_EXISTS
from brand_svc.service import Service
from brand_svc.transitions import stale

_IN_THE_FUTURE = FieldError("/until", "in_the_future", Text("日期晚于今天", "The day lies in the future"))


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie (利害关系) to an institution; without ``until`` it lasts."""

    credit_code: str
    kind: TieKind
    until: date | None
    note: str


async def add(
    tx: Transaction, service: Service, principal: Principal, name: str, id_number: str, field: str
) -> Row | Refusal:
    """The city centre takes a person, by real name, into the pool of assessors (评审专家)."""
    privacy, assessor_id = service.privacy, new_id()
    values = {
        "id": assessor_id,
        "person_key": privacy.person_key(id_number),
        "masked_name": mask_name(name),
        "name_encrypted": privacy.at_rest.encrypt(name, "person.name"),
        "id_number_encrypted": privacy.at_rest.encrypt(id_number, "person.id_number"),
        "field": field,
        "added_at": service.clock.now(),
        "added_by": principal.subject,
        "removed_at": None,
        "removed_by": None,
        "remove_reason": None,
        "version": 1,
    }
    if not await repository.add(tx, values):
        return Refusal(ASSESSOR_EXISTS)
    await _record(tx, service, principal, "add_assessor", assessor_id, (None, "in_the_pool"))
    return await _one(tx, assessor_id)


async def remove(
    tx: Transaction, service: Service, principal: Principal, assessor_id: UUID, version: int, reason: str
) -> Row | Refusal:
    """Takes an assessor out of the pool at once: what is scored stands, open places are free again."""
    row = await repository.load_for_update(tx, assessor_id)
    if row is None:
        return Refusal(NOT_FOUND)
    if refused := stale(row["version"], version):
        return refused
    if row["removed_at"] is not None:
        return Refusal(NOT_ALLOWED_NOW)
    await assignments.free_places_of(tx, service, principal, assessor_id, reason)
    await repository.remove(tx, assessor_id, service.clock.now(), principal.subject, reason)
    states = ("in_the_pool", "removed")
    await _record(tx, service, principal, "remove_assessor", assessor_id, states, reason)
    return await _one(tx, assessor_id)


async def declare(
    tx: Transaction, service: Service, principal: Principal, assessor_id: UUID, tie: Tie
) -> UUID | Refusal:
    """Keeps a tie of an assessor to an institution: it bars from scoring it, at once (回避).

    What was given to the assessor there and is not published yet is set aside. A tie that is over bars for
    some years more, as the dated number says.
    """
    row = await repository.load_for_update(tx, assessor_id)
    if row is None:
        return Refusal(NOT_FOUND)
    if tie.until is not None and tie.until > service.clock.today():
        return Refusal(INVALID_INPUT, errors=(_IN_THE_FUTURE,))
    kept = await _keep(tx, service, principal, row["person_key"], tie)
    if kept is None:
        return Refusal(NOT_ALLOWED_NOW, detail=Text("已登记更长的回避", "A longer tie is known already"))
    details = {"credit_code": tie.credit_code, "kind": tie.kind}
    await _record(tx, service, principal, "declare_tie", assessor_id, None, tie.note, details)
    return kept


async def end(
    tx: Transaction,
    service: Service,
    principal: Principal,
    ids: tuple[UUID, UUID],
    version: int,
    until: date,
    reason: str,
) -> Row | Refusal:
    """Says since when a tie (``ids``: of whom, and which) is over; it bars for some years more (B04)."""
    assessor_id, tie_id = ids
    row = await repository.load_for_update(tx, assessor_id)
    tie = await repository.load_tie(tx, tie_id)
    if row is None or tie is None or tie["person_key"] != row["person_key"]:
        return Refusal(NOT_FOUND)
    if refused := stale(tie["version"], version):
        return refused
    if until > service.clock.today():
        return Refusal(INVALID_INPUT, errors=(_IN_THE_FUTURE,))
    if tie["until"] is not None:
        return Refusal(NOT_ALLOWED_NOW)
    await repository.end_tie(tx, tie_id, until, _bars_until(service, until))
    details = {"credit_code": tie["credit_code"], "kind": tie["kind"], "until": str(until)}
    await _record(tx, service, principal, "end_tie", assessor_id, None, reason, details)
    found = await repository.load_tie(tx, tie_id)
    assert found is not None, "it was ended just now"
    return found


async def learn_teaching(tx: Transaction, service: Service, messages: Sequence[Message]) -> None:
    """Whoever taught a class has a tie to its institution, declared or not, assessor or not yet (B04)."""
    last: dict[tuple[str, str], date] = {}
    for message in messages:
        event = message.event
        assert isinstance(event, TrainingCompleted)
        for key in event.instructor_keys:
            pair = (key, event.institution.credit_code)
            last[pair] = max(last.get(pair, event.class_ended_on), event.class_ended_on)
    # Assessors before anything else, in one order.
    await repository.locked_of_persons(tx, sorted({key for key, _ in last}))
    for (key, code), day in sorted(last.items()):
        await _keep(tx, service, SYSTEM, key, Tie(code, TieKind.TAUGHT, day, "授课记录"))


async def _keep(
    tx: Transaction, service: Service, principal: Principal, person_key: str, tie: Tie
) -> UUID | None:
    bars_until = None if tie.until is None else _bars_until(service, tie.until)
    reason = f"{tie.kind.zh}：{tie.note}"
    await assignments.set_aside(tx, service, principal, (person_key, tie.credit_code, bars_until), reason)
    values = {
        "id": new_id(),
        "person_key": person_key,
        "credit_code": tie.credit_code,
        "kind": tie.kind,
        "until": tie.until,
        "bars_until": bars_until,
        "note": tie.note,
        "declared_at": service.clock.now(),
        "declared_by": principal.subject,
        "version": 1,
    }
    return await repository.put_tie(tx, values)


def _bars_until(service: Service, until: date) -> date:
    years: int = parameters_on(service.law, service.clock.today()).assessor_tie_years.value
    return add_years(until, years)


async def _one(tx: Transaction, assessor_id: UUID) -> Row:
    row = await repository.one(tx, assessor_id)
    assert row is not None, "it was written just now"
    return row


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    action: str,
    assessor_id: UUID,
    states: tuple[str | None, str] | None,
    reason: str | None = None,
    details: dict[str, str] | None = None,
) -> None:
    before, after = states or (None, None)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="assessor",
        object_id=assessor_id,
        from_state=before,
        to_state=after,
        reason=reason,
        details=details,
    )
