"""Leaving a class before its completion (T06): withdrawing (退班), or changing into another class (转班)."""

from datetime import datetime
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from training_svc.classes import repository as classes
from training_svc.classes.training_class import TrainingClass
from training_svc.enrolments import hours, repository, waiting_list
from training_svc.enrolments.enrolment import Enrolment, Priority
from training_svc.enrolments.lifecycle import Action, State
from training_svc.enrolments.schemas import Transfer
from training_svc.enrolments.use_cases import admit, judged
from training_svc.enterprises import repository as enterprises
from training_svc.policy.changes import LEAVING_RULES, TRANSFER_RULES, LeavingFacts, TransferFacts
from training_svc.policy.decision import decide
from training_svc.policy.parameters import parameters_on
from training_svc.policy.priority import rank_of
from training_svc.problems import CLASS_FULL, LEAVING_REFUSED
from training_svc.service import Service
from training_svc.visibility import EVERYTHING, scope_of


async def withdraw(
    tx: Transaction, service: Service, principal: Principal, enrolment_id: UUID, version: int, reason: str
) -> Enrolment | Refusal:
    """Ends an enrolment; the place goes to the first of the waiting list (T02). One may enrol again."""
    begun = await _begin(tx, principal, enrolment_id, version)
    if isinstance(begun, Refusal):
        return begun
    training_class, enrolment = begun
    facts = _facts(service, training_class, enrolment)
    if refusal := decide(LEAVING_RULES, facts).refusal(LEAVING_REFUSED):
        return refusal
    left = await _leave(tx, service, principal, training_class, enrolment, Action.WITHDRAW, reason)
    return left or enrolment


async def transfer(
    tx: Transaction,
    service: Service,
    principal: Principal,
    enrolment_id: UUID,
    version: int,
    body: Transfer,
) -> Enrolment | Refusal:
    """Ends an enrolment and makes another in a class of the same project that has a free place.

    The attendance stays with the old one. Both classes are locked, in the order of their ids.
    """
    target = await _locked_target(tx, principal, enrolment_id, body.class_id)
    begun = await _begin(tx, principal, enrolment_id, version)
    if isinstance(begun, Refusal) or target is None:
        return begun if isinstance(begun, Refusal) else Refusal(NOT_FOUND)
    training_class, enrolment = begun
    decision = (
        decide(LEAVING_RULES, _facts(service, training_class, enrolment))
        + decide(TRANSFER_RULES, _between(training_class, target))
        + await judged(tx, target, enrolment.person.person_key, service.clock.today())
    )
    if refusal := decision.refusal(LEAVING_REFUSED):
        return refusal
    if target.free_places <= 0:
        return Refusal(CLASS_FULL)
    left = await _leave(tx, service, principal, training_class, enrolment, Action.TRANSFER, body.reason)
    return left or await _enter(tx, service, principal, target, enrolment)


async def _locked_target(
    tx: Transaction, principal: Principal, enrolment_id: UUID, class_id: UUID
) -> TrainingClass | None:
    """The class to change into; the other one is locked before it where its id comes first."""
    scope = scope_of(principal)
    enrolment = await repository.one(tx, enrolment_id, scope)
    if enrolment is not None and enrolment.class_id < class_id:
        await classes.locked(tx, enrolment.class_id, scope)
    return await classes.locked(tx, class_id, scope)


async def _begin(
    tx: Transaction, principal: Principal, enrolment_id: UUID, version: int
) -> tuple[TrainingClass, Enrolment] | Refusal:
    """The enrolment as it stands, and its class; the class is locked first, as everywhere."""
    seen = await _own_or_seen(tx, principal, enrolment_id)
    if seen is None:
        return Refusal(NOT_FOUND)
    training_class = await classes.locked(tx, seen.class_id, EVERYTHING)
    enrolment = await repository.load_for_update(tx, enrolment_id, EVERYTHING)
    assert training_class is not None, "an enrolment has its class"
    assert enrolment is not None, "no enrolment is deleted"
    if enrolment.version != version:
        return Refusal(PRECONDITION_FAILED)
    return training_class, enrolment


async def _own_or_seen(tx: Transaction, principal: Principal, enrolment_id: UUID) -> Enrolment | None:
    """A citizen's own enrolment, or one within the scope of an institution or an officer."""
    if principal.role is not Role.CITIZEN:
        return await repository.one(tx, enrolment_id, scope_of(principal))
    found = await repository.one(tx, enrolment_id, EVERYTHING)
    return found if found and found.person.person_key == principal.person_key else None


async def _leave(
    tx: Transaction,
    service: Service,
    principal: Principal,
    training_class: TrainingClass,
    enrolment: Enrolment,
    action: Action,
    reason: str,
) -> Refusal | None:
    before, now = enrolment.state, service.clock.now()
    if refusal := enrolment.end(action, principal.subject, now, reason):
        return refusal
    await repository.save(tx, enrolment)
    await hours.give_back(tx, [enrolment.id])
    training_class.leave(admitted=before is State.ENROLLED)
    await waiting_list.move_up(tx, service, principal, training_class)
    await classes.save(tx, training_class)
    await _record(tx, principal, enrolment, now, action, before, {"class": str(enrolment.class_id)})
    return None


async def _enter(
    tx: Transaction, service: Service, principal: Principal, target: TrainingClass, old: Enrolment
) -> Enrolment | Refusal:
    now, group = service.clock.now(), old.priority.group
    rank = rank_of(group, target.project.stage, parameters_on(service.law, target.starts_on))
    entered = Enrolment(
        id=new_id(),
        class_id=target.id,
        institution_id=target.institution_id,
        project_code=target.project.code,
        district=target.institution.district,
        person=old.person,
        masked_phone=old.masked_phone,
        phone_encrypted=old.phone_encrypted,
        priority=Priority(group, old.priority.evidence_encrypted, rank),
        state=State.WAITING,
        enrolled_at=now,
        version=1,
        transferred_from=old.id,
        enterprise=old.enterprise,
    )
    if refusal := await admit(tx, target, entered, principal):
        return refusal
    await classes.save(tx, target)
    await enterprises.copy(tx, old.id, entered.id)
    details = {"class": str(target.id), "from": str(old.id)}
    await _record(tx, principal, entered, now, "enrol_by_transfer", None, details)
    return entered


def _facts(service: Service, training_class: TrainingClass, enrolment: Enrolment) -> LeavingFacts:
    return LeavingFacts(
        completed=enrolment.state in (State.COMPLETED, State.COMPLETION_REVOKED),
        class_ends_on=training_class.ends_on,
        today=service.clock.today(),
    )


def _between(old: TrainingClass, new: TrainingClass) -> TransferFacts:
    return TransferFacts(old.project.code, new.project.code, same_class=old.id == new.id)


async def _record(
    tx: Transaction,
    principal: Principal,
    enrolment: Enrolment,
    at: datetime,
    action: str,
    before: State | None,
    details: dict[str, str],
) -> None:
    await record(
        tx,
        principal,
        at=at,
        action=action,
        object_type="enrolment",
        object_id=enrolment.id,
        from_state=before,
        to_state=enrolment.state,
        reason=enrolment.end_reason,
        details=details,
    )
