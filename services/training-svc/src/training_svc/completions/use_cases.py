"""What is done with completions (结业): a whole class at once, and amending one by the district."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.base import Event
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from training_svc.classes import repository as classes
from training_svc.classes.training_class import TrainingClass
from training_svc.completions.schemas import AmendedCompletion
from training_svc.enrolments import repository
from training_svc.enrolments.enrolment import Enrolment, Tally
from training_svc.enrolments.lifecycle import Action, State
from training_svc.enrolments.tally import tallies, tally
from training_svc.enrolments.use_cases import Judged
from training_svc.follow_ups.use_cases import follow_up
from training_svc.service import Service
from training_svc.visibility import EVERYTHING, scope_of


@dataclass(slots=True)
class ClassJudged:
    """Who of a class completed, and who did not, each with what the rules found."""

    completed: list[Judged] = field(default_factory=list)
    not_completed: list[Judged] = field(default_factory=list)


async def complete_class(
    tx: Transaction, service: Service, principal: Principal, class_id: UUID
) -> ClassJudged | Refusal:
    """Completes all of a class who reach the standard, and tells of the others why not (C01, C02, C03)."""
    training_class = await classes.one(tx, class_id, scope_of(principal))
    if training_class is None:
        return Refusal(NOT_FOUND)
    enrolled = await repository.load_enrolled(tx, class_id)
    counted = await tallies(tx, class_id, [one.id for one in enrolled])
    now, judged = service.clock.now(), ClassJudged()
    for one in enrolled:
        decision = one.complete(training_class, counted[one.id], now)
        if isinstance(decision, Refusal):
            judged.not_completed.append((one, decision.findings))
        else:
            judged.completed.append((one, decision.findings))
    completed = [one for one, _ in judged.completed]
    await repository.save(tx, *completed)
    await emit(tx, [one.completed(training_class, service.privacy) for one in completed], now)
    await follow_up(tx, service, training_class, completed)
    await _record(tx, service, principal, class_id, completed)
    return judged


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    enrolment_id: UUID,
    version: int,
    body: AmendedCompletion,
) -> Judged | Refusal:
    """The district revokes a wrong completion, or completes who reaches the standard after all."""
    enrolment = await repository.load_for_update(tx, enrolment_id, scope_of(principal))
    if enrolment is None:
        return Refusal(NOT_FOUND)
    if enrolment.version != version:
        return Refusal(PRECONDITION_FAILED)
    if body.completed == (enrolment.state is State.COMPLETED):
        return Refusal(NOTHING_AMENDED)
    training_class = await _class_of(tx, enrolment)
    counted, before = await tally(tx, enrolment), enrolment.completion()
    change = _changed(service, training_class, enrolment, counted, completed=body.completed)
    if isinstance(change, Refusal):
        return change
    await _keep(tx, service, principal, enrolment, before, body.reason, change)
    if body.completed:
        await follow_up(tx, service, training_class, [enrolment])
    decision = enrolment.judged(training_class.project.stage, counted, service.clock.now())
    return enrolment, decision.findings


async def judge_again(
    tx: Transaction, service: Service, principal: Principal, enrolment: Enrolment, reason: str
) -> None:
    """Judges a locked enrolment by its corrected attendance: who no longer could complete is revoked."""
    if enrolment.state is not State.COMPLETED:
        return
    training_class = await _class_of(tx, enrolment)
    counted, before = await tally(tx, enrolment), enrolment.completion()
    events: list[Event] = []
    if enrolment.judged(training_class.project.stage, counted, service.clock.now()).holds:
        enrolment.recount(counted)
    else:
        revoked = enrolment.revoke(training_class, "attendance_corrected", service.clock.today())
        assert not isinstance(revoked, Refusal), "what is completed can be revoked"
        events.append(revoked)
    await _keep(tx, service, principal, enrolment, before, reason, *events)


def _changed(
    service: Service, training_class: TrainingClass, enrolment: Enrolment, counted: Tally, *, completed: bool
) -> Event | Refusal:
    now = service.clock.now()
    if not completed:
        return enrolment.revoke(training_class, "officer_decision", civil_date(now))
    action = Action.RESTORE if enrolment.state is State.COMPLETION_REVOKED else Action.COMPLETE
    decision = enrolment.complete(training_class, counted, now, action)
    return decision if isinstance(decision, Refusal) else enrolment.completed(training_class, service.privacy)


async def _keep(
    tx: Transaction,
    service: Service,
    principal: Principal,
    enrolment: Enrolment,
    before: dict[str, Any],
    reason: str,
    *events: Event,
) -> None:
    """Keeps the history first: the database changes a completion only beside the amendment that says why."""
    now = service.clock.now()
    if await amended(
        tx,
        principal,
        at=now,
        object_type="enrolment",
        object_id=enrolment.id,
        reason=reason,
        before=before,
        after=enrolment.completion(),
    ):
        await repository.save(tx, enrolment)
        await emit(tx, events, now)


async def _class_of(tx: Transaction, enrolment: Enrolment) -> TrainingClass:
    training_class = await classes.one(tx, enrolment.class_id, EVERYTHING)
    assert training_class is not None, "an enrolment has its class"
    return training_class


async def _record(
    tx: Transaction, service: Service, principal: Principal, class_id: UUID, completed: list[Enrolment]
) -> None:
    for one in completed:
        await record(
            tx,
            principal,
            at=service.clock.now(),
            action="complete",
            object_type="enrolment",
            object_id=one.id,
            from_state=State.ENROLLED,
            to_state=one.state,
            details={
                "class": str(class_id),
                "attended": one.sessions_attended,
                "held": one.sessions_held,
            },
        )
