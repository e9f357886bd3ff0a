"""What is done with inspections: visit, find, ask, answer, verify, send back, close, amend (C05, O03)."""

from collections.abc import Callable, Sequence
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.events.base import InstitutionRef
from chuangpei.events.training import InspectionOverdue
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.inspections import repository
from training_svc.inspections.inspection import Found, Inspection
from training_svc.inspections.schemas import AmendedInspection, NewFinding, Visit
from training_svc.persons import birth_errors, seal
from training_svc.policy.draw import inspectors_needed
from training_svc.policy.inspection import VisitFacts
from training_svc.problems import NO_LAW_IN_FORCE
from training_svc.service import Service
from training_svc.visibility import authority_of

OBJECT_TYPE = "inspection"
Step = Callable[[Inspection], Refusal | None]
_AT_A_TIME = 200
_NAMED_TWICE = Text("同一检查人员重复", "The inspector is named twice")


async def visit(
    tx: Transaction, service: Service, principal: Principal, inspection_id: UUID, version: int, body: Visit
) -> Refusal | None:
    """The inspectors, by real name, were there; none has an interest in the institution (C05)."""
    today = service.clock.today()
    if not service.law.in_force.covers(today):
        return Refusal(NO_LAW_IN_FORCE)
    if errors := _inspector_errors(service, body):
        return Refusal(INVALID_INPUT, errors=errors)
    found = await _changeable(tx, principal, inspection_id, version)
    if isinstance(found, Refusal):
        return found
    people = [seal(service.privacy, one.name, one.id_number) for one in body.inspectors]
    keys = [one.person_key for one in people] + ([principal.person_key] if principal.person_key else [])
    interested = await repository.interested(tx, found.institution_id, keys)
    names = [one.masked_name for one in people if one.person_key in interested]
    if principal.person_key in interested and not names:
        names = [principal.subject]
    facts = VisitFacts(len(people), inspectors_needed(service.law, today), names, body.visited_on, today)
    refusal = await _step(tx, service, principal, found, "visit", lambda one: one.visit(facts))
    if refusal is None:
        await repository.insert_inspectors(tx, inspection_id, people)
    return refusal


async def step(
    tx: Transaction,
    service: Service,
    principal: Principal,
    inspection_id: UUID,
    version: int,
    action: str,
    act: Step,
) -> Refusal | None:
    """One step of the inspection's life, by its authority or, where it answers, by the institution."""
    found = await _changeable(tx, principal, inspection_id, version)
    if isinstance(found, Refusal):
        return found
    return await _step(tx, service, principal, found, action, act)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    inspection_id: UUID,
    version: int,
    body: AmendedInspection,
) -> Refusal | None:
    """The authority corrects findings or the deadline; what stood before is kept (C05)."""
    found = await _changeable(tx, principal, inspection_id, version)
    if isinstance(found, Refusal):
        return found
    before = found.amendable()
    findings = None if body.findings is None else numbered(body.findings)
    refusal = found.amend(findings, body.deadline, service.clock.today(), principal.subject)
    if refusal:
        return refusal
    await repository.save(tx, found)
    told = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type=OBJECT_TYPE,
        object_id=inspection_id,
        reason=body.reason,
        before=before,
        after=found.amendable(),
    )
    return None if told else Refusal(NOTHING_AMENDED)


async def tell_overdue(tx: Transaction, service: Service) -> int:
    """Tells once of each rectification whose deadline passed without an answer; returns how many (C05)."""
    rows = await repository.take_overdue(tx, service.clock.today(), _AT_A_TIME)
    await emit(tx, [_overdue(row) for row in rows], service.clock.now())
    return len(rows)


def numbered(findings: Sequence[NewFinding]) -> list[Found]:
    """The findings in their order, numbered from 1."""
    return [Found(number, one.severity, one.text) for number, one in enumerate(findings, 1)]


async def _changeable(
    tx: Transaction, principal: Principal, inspection_id: UUID, version: int
) -> Inspection | Refusal:
    if principal.role is Role.INSTITUTION:
        found = await repository.load_for_institution(tx, inspection_id, principal.credit_code or "")
    else:
        found = await repository.load_for_authority(tx, inspection_id, authority_of(principal))
    if found is None:
        return Refusal(NOT_FOUND)
    return found if found.version == version else Refusal(PRECONDITION_FAILED)


async def _step(
    tx: Transaction, service: Service, principal: Principal, found: Inspection, action: str, act: Step
) -> Refusal | None:
    before, earlier = found.state, found.remark
    if refusal := act(found):
        return refusal
    await repository.save(tx, found)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=f"{action}_inspection",
        object_type=OBJECT_TYPE,
        object_id=found.id,
        from_state=before,
        to_state=found.state,
        reason=found.remark if found.remark != earlier else None,
    )
    return None


def _inspector_errors(service: Service, body: Visit) -> tuple[FieldError, ...]:
    errors, seen = list[FieldError](), set[str]()
    for number, one in enumerate(body.inspectors):
        pointer = f"/inspectors/{number}/id_number"
        errors += birth_errors(one.id_number, pointer, service.clock.today())
        if one.id_number in seen:
            errors.append(FieldError(pointer, "named_twice", _NAMED_TWICE))
        seen.add(one.id_number)
    return tuple(errors)


def _overdue(row: Row) -> InspectionOverdue:
    return InspectionOverdue(
        inspection_id=row["id"],
        authority=row["authority"],
        object_kind=row["object_kind"],
        object_id=row["object_id"],
        institution=InstitutionRef(
            credit_code=row["credit_code"], name=row["institution_name"], district=row["district"]
        ),
        deadline=row["deadline"],
    )
