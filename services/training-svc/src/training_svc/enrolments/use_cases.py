"""What is done with enrolments: enrol, complete, explain. Leaving a class is in ``leaving``."""

from datetime import date
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_phone
from chuangpei.kernel.refusals import Finding, Refusal
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.classes import clashes, timetable
from training_svc.classes import repository as classes
from training_svc.classes.lifecycle import State as ClassState
from training_svc.classes.training_class import TrainingClass
from training_svc.enrolments import hours, repository
from training_svc.enrolments.enrolment import Enrolment, Priority
from training_svc.enrolments.lifecycle import State
from training_svc.enrolments.schemas import DeclaredPriority, NewEnrolment, UnmaskedEnrolmentView
from training_svc.enrolments.tally import tally
from training_svc.enterprises import repository as enterprises
from training_svc.enterprises.snapshot import Snapshot
from training_svc.follow_ups.use_cases import follow_up
from training_svc.persons import birth_errors, seal, seal_phone
from training_svc.policy.decision import Decision, decide
from training_svc.policy.facts import EnrolmentFacts
from training_svc.policy.parameters import parameters_on
from training_svc.policy.priority import rank_of
from training_svc.policy.rules import ENROLMENT_RULES
from training_svc.problems import ALREADY_ENROLLED, ENROLMENT_REFUSED, TRAINEE_CLASH
from training_svc.service import Service
from training_svc.visibility import EVERYTHING, scope_of

Judged = tuple[Enrolment, tuple[Finding, ...]]
PRIORITY_EVIDENCE = "enrolment.priority_evidence"
"""What the encrypted note on a priority group is bound to."""


async def enrol(
    tx: Transaction,
    service: Service,
    principal: Principal,
    class_id: UUID,
    body: NewEnrolment,
    enterprise: Snapshot | None = None,
) -> Enrolment | Refusal:
    """Enrols a person by real name (T06), or puts them on the waiting list of a full class (T02, T04).

    No group is barred (T02, T03). ``enterprise`` is what the registry told of the named firm before the
    transaction; without it the snapshot is pending.
    """
    training_class = await classes.locked(tx, class_id, scope_of(principal))
    if training_class is None:
        return Refusal(NOT_FOUND)
    today = service.clock.today()
    if errors := birth_errors(body.id_number, "/id_number", today):
        return Refusal(INVALID_INPUT, errors=errors)
    enrolment = new_enrolment(service, training_class, body, enterprise)
    decision = await judged(tx, training_class, enrolment.person.person_key, today)
    if refusal := decision.refusal(ENROLMENT_REFUSED):
        return refusal
    if refusal := await admit(tx, training_class, enrolment, principal):
        return refusal
    await classes.save(tx, training_class)
    if enrolment.enterprise:
        await enterprises.insert_new(tx, enrolment.id, enrolment.enterprise, enrolment.enrolled_at)
    await _record(tx, principal, enrolment, "enrol", None)
    return enrolment


async def judged(tx: Transaction, training_class: TrainingClass, person_key: str, today: date) -> Decision:
    """What the rules find about a person who is to enter a class on the civil day ``today``."""
    teaches = await timetable.teaches(tx, training_class.id, person_key)
    return decided(training_class, today, teaches=teaches)


def decided(training_class: TrainingClass, today: date, *, teaches: bool) -> Decision:
    """What the rules find about a person who ``teaches`` the class that is to be entered, or does not."""
    facts = EnrolmentFacts(
        class_ends_on=training_class.ends_on,
        today=today,
        teaches_the_class=teaches,
        class_is_cancelled=training_class.state is ClassState.CANCELLED,
    )
    return decide(ENROLMENT_RULES, facts)


async def admit(
    tx: Transaction, training_class: TrainingClass, enrolment: Enrolment, principal: Principal
) -> Refusal | None:
    """Writes an enrolment in a locked class, with a place where one is free, else on the waiting list.

    Refused where the person is in the class, or at one of its hours sits in another or teaches one (T06). The
    caller saves the class; a refusal undoes the transaction.
    """
    enrolment.enter(admitted=training_class.admit())
    if not await repository.insert_new(tx, enrolment, principal.subject):
        return Refusal(ALREADY_ENROLLED)
    if not await hours.take(tx, enrolment):
        whole = await timetable.completed(tx, training_class)
        names = {enrolment.person.person_key: enrolment.person.masked_name}
        found = await clashes.trainees(tx, training_class.id, names, whole.held_sessions)
        return Refusal(TRAINEE_CLASH, findings=tuple(found))
    return None


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
    decision = enrolment.complete(training_class, await tally(tx, enrolment), now)
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


async def unmask(
    tx: Transaction, service: Service, principal: Principal, enrolment_id: UUID, reason: str
) -> UnmaskedEnrolmentView | Refusal:
    """By what a priority group was seen (T02): its own permission, a reason, a row in the audit log (T06)."""
    enrolment = await repository.one(tx, enrolment_id, scope_of(principal))
    if enrolment is None:
        return Refusal(NOT_FOUND)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="unmask_enrolment",
        object_type="enrolment",
        object_id=enrolment_id,
        reason=reason,
    )
    sealed = enrolment.priority.evidence_encrypted
    evidence = service.privacy.at_rest.decrypt(sealed, PRIORITY_EVIDENCE) if sealed else None
    return UnmaskedEnrolmentView(id=enrolment.id, priority_evidence=evidence)


async def completion_findings(tx: Transaction, service: Service, enrolment: Enrolment) -> tuple[Finding, ...]:
    """What the rules of completion find about an enrolment now, or found on the day it was completed."""
    training_class = await classes.summary(tx, enrolment.class_id, EVERYTHING)
    assert training_class is not None, "an enrolment has its class"
    counted = await tally(tx, enrolment)
    return enrolment.judged(training_class.project.stage, counted, service.clock.now()).findings


def new_enrolment(
    service: Service, training_class: TrainingClass, body: NewEnrolment, enterprise: Snapshot | None
) -> Enrolment:
    """A person sealed for the class, who is not in it yet: nothing is written."""
    code = body.enterprise_credit_code
    return Enrolment(
        id=new_id(),
        class_id=training_class.id,
        institution_id=training_class.institution_id,
        project_code=training_class.project.code,
        district=training_class.institution.district,
        person=seal(service.privacy, body.name, body.id_number),
        masked_phone=mask_phone(body.phone),
        phone_encrypted=seal_phone(service.privacy, body.phone),
        priority=_priority(service, training_class, body.priority),
        state=State.WAITING,
        enrolled_at=service.clock.now(),
        version=1,
        enterprise=enterprise or (Snapshot(code, service.clock.today()) if code else None),
    )


def _priority(service: Service, training_class: TrainingClass, declared: DeclaredPriority | None) -> Priority:
    """T02, T04: the rank by the order of the class's first day; the evidence rests encrypted."""
    group = declared.group if declared else None
    rank = rank_of(group, training_class.project.stage, parameters_on(service.law, training_class.starts_on))
    if declared is None:
        return Priority(None, None, rank)
    evidence = service.privacy.at_rest.encrypt(declared.evidence, PRIORITY_EVIDENCE)
    return Priority(group, evidence, rank)


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
