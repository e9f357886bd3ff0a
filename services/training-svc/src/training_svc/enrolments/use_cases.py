"""What is done with enrolments: enrol, complete, explain."""

from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_phone
from chuangpei.kernel.refusals import Finding, Refusal
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.classes import repository as classes
from training_svc.enrolments import repository
from training_svc.enrolments.enrolment import Enrolment
from training_svc.enrolments.lifecycle import State
from training_svc.enrolments.schemas import NewEnrolment
from training_svc.follow_ups.use_cases import follow_up
from training_svc.persons import birth_errors, seal, seal_phone
from training_svc.policy.decision import decide
from training_svc.policy.facts import EnrolmentFacts
from training_svc.policy.rules import ENROLMENT_RULES
from training_svc.problems import ALREADY_ENROLLED, CLASS_FULL, ENROLMENT_REFUSED
from training_svc.service import Service
from training_svc.visibility import EVERYTHING, scope_of

Judged = tuple[Enrolment, tuple[Finding, ...]]


async def enrol(
    tx: Transaction, service: Service, principal: Principal, class_id: UUID, body: NewEnrolment
) -> Enrolment | Refusal:
    """Enrols a person by real name while there is a place (T06); no group is barred (T02, T03)."""
    training_class = await classes.summary(tx, class_id, scope_of(principal))
    if training_class is None:
        return Refusal(NOT_FOUND)
    today = service.clock.today()
    if errors := birth_errors(body.id_number, "/id_number", today):
        return Refusal(INVALID_INPUT, errors=errors)
    enrolment = _enrolment(service, class_id, body)
    teaches = await classes.teaches(tx, class_id, enrolment.person.person_key)
    facts = EnrolmentFacts(training_class.ends_on, today, teaches)
    if refusal := decide(ENROLMENT_RULES, facts).refusal(ENROLMENT_REFUSED):
        return refusal
    phone = seal_phone(service.privacy, body.phone)
    if not await repository.insert_new(tx, enrolment, phone, principal.subject):
        return Refusal(ALREADY_ENROLLED)
    if not await repository.take_place(tx, class_id):
        return Refusal(CLASS_FULL)
    await _record(tx, principal, enrolment, "enrol", None)
    return enrolment


async def complete(
    tx: Transaction, service: Service, principal: Principal, enrolment_id: UUID, version: int
) -> Judged | Refusal:
    """Completes an enrolment that reached the standard's attendance (C01, C02, C03), and tells so once."""
    enrolment = await repository.load_for_update(tx, enrolment_id, scope_of(principal))
    if enrolment is None:
        return Refusal(NOT_FOUND)
    if enrolment.version != version:
        return Refusal(PRECONDITION_FAILED)
    training_class = await classes.one(tx, enrolment.class_id, EVERYTHING)
    assert training_class is not None, "an enrolment has its class"
    now = service.clock.now()
    decision = enrolment.complete(training_class, await repository.tally(tx, enrolment), now)
    if isinstance(decision, Refusal):
        return decision
    await repository.save(tx, enrolment)
    await emit(tx, enrolment.completed(training_class, service.privacy), now)
    await follow_up(tx, service, training_class, [enrolment])
    await _record(tx, principal, enrolment, "complete", State.ENROLLED)
    return enrolment, decision.findings


async def explain(
    tx: Transaction, service: Service, principal: Principal, enrolment_id: UUID
) -> Judged | Refusal:
    """An enrolment and what the rules of completion find about it (C01, C02, C03)."""
    enrolment = await repository.one(tx, enrolment_id, scope_of(principal))
    if enrolment is None:
        return Refusal(NOT_FOUND)
    return enrolment, await completion_findings(tx, service, enrolment)


async def completion_findings(tx: Transaction, service: Service, enrolment: Enrolment) -> tuple[Finding, ...]:
    """What the rules of completion find about an enrolment now, or found on the day it was completed."""
    training_class = await classes.summary(tx, enrolment.class_id, EVERYTHING)
    assert training_class is not None, "an enrolment has its class"
    tally = await repository.tally(tx, enrolment)
    return enrolment.judged(training_class.project.stage, tally, service.clock.now()).findings


def _enrolment(service: Service, class_id: UUID, body: NewEnrolment) -> Enrolment:
    return Enrolment(
        id=new_id(),
        class_id=class_id,
        person=seal(service.privacy, body.name, body.id_number),
        masked_phone=mask_phone(body.phone),
        state=State.ENROLLED,
        enrolled_at=service.clock.now(),
        version=1,
    )


async def _record(
    tx: Transaction, principal: Principal, enrolment: Enrolment, action: str, before: State | None
) -> None:
    counts = {"attended": enrolment.sessions_attended, "held": enrolment.sessions_held}
    await record(
        tx,
        principal,
        at=enrolment.completed_at or enrolment.enrolled_at,
        action=action,
        object_type="enrolment",
        object_id=enrolment.id,
        from_state=before,
        to_state=enrolment.state,
        details={"class": str(enrolment.class_id)} | (counts if enrolment.completed_at else {}),
    )
