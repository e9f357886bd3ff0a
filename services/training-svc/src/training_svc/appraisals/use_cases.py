"""What is done with appraisals: hold one, amend one; staying in the pool follows from the last (T10)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.dates import add_months
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from training_svc.appraisals import repository
from training_svc.appraisals.appraisal import Appraisal, Result
from training_svc.appraisals.checks import amendment_errors, recording_errors
from training_svc.appraisals.schemas import AppraisalAmendment, NewAppraisal
from training_svc.exits import repository as exits
from training_svc.exits import use_cases as exit_cases
from training_svc.instructors import repository as instructors
from training_svc.instructors.instructor import Instructor
from training_svc.instructors.lifecycle import State
from training_svc.instructors.use_cases import keep_record
from training_svc.law import numbers_on
from training_svc.policy.instructors import ExitGround
from training_svc.policy.parameters import Parameters
from training_svc.service import Service
from training_svc.visibility import EVERYTHING, scope_of

_IN_POOL = (State.ACTIVE, State.SUSPENDED)


async def appraise(
    tx: Transaction, service: Service, principal: Principal, instructor_id: UUID, body: NewAppraisal
) -> Appraisal | Refusal:
    """Records an appraisal: who passed stays and is due again, who failed gets notice of exit (T10)."""
    instructor = await instructors.load_for_update(tx, instructor_id, scope_of(principal))
    if instructor is None:
        return Refusal(NOT_FOUND)
    if instructor.admitted_on is None:
        return Refusal(NOT_ALLOWED_NOW)
    numbers = numbers_on(service, body.held_on)
    if isinstance(numbers, Refusal):
        return numbers
    days = await repository.days(tx, instructor_id)
    if errors := recording_errors(service.clock.today(), instructor, days, body, numbers):
        return Refusal(INVALID_INPUT, errors=errors)
    appraisal = _new(service, principal, instructor_id, body, numbers)
    await repository.insert_new(tx, appraisal)
    if refusal := await _follow(tx, service, principal, instructor, appraisal, numbers):
        return refusal
    await _record(tx, service, principal, appraisal)
    return appraisal


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    appraisal_id: UUID,
    version: int,
    body: AppraisalAmendment,
) -> Appraisal | Refusal:
    """Amends an appraisal; what followed from the last one follows anew, an exit may be undone (T10)."""
    found = await _locked(tx, principal, appraisal_id, version)
    if isinstance(found, Refusal):
        return found
    instructor, appraisal = found
    before, outcome = _kept(appraisal), appraisal.outcome
    numbers = numbers_on(service, body.held_on or appraisal.held_on)
    if isinstance(numbers, Refusal):
        return numbers
    days = await repository.days(tx, instructor.id)
    if errors := amendment_errors(service.clock.today(), instructor, appraisal, days, body, numbers):
        return Refusal(INVALID_INPUT, errors=errors)
    decides = _decides(instructor, appraisal, days)
    _change(appraisal, body, numbers)
    await repository.save(tx, appraisal)
    if not await _amended(tx, service, principal, appraisal, before, body.reason):
        return Refusal(NOTHING_AMENDED)
    if decides:
        refusal = await _follow_anew(
            tx, service, principal, instructor, appraisal, outcome, numbers, body.reason
        )
        if refusal:
            return refusal
    return appraisal


def _decides(instructor: Instructor, appraisal: Appraisal, days: Mapping[UUID, date]) -> bool:
    """Whether where the instructor stands follows from this appraisal: it is the last since the admission."""
    admitted_on = instructor.admitted_on
    last = list(days)[-1]
    return admitted_on is not None and admitted_on <= appraisal.held_on and last == appraisal.id


async def _amended(
    tx: Transaction,
    service: Service,
    principal: Principal,
    appraisal: Appraisal,
    before: Mapping[str, Any],
    reason: str,
) -> bool:
    return await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="appraisal",
        object_id=appraisal.id,
        reason=reason,
        before=before,
        after=_kept(appraisal),
    )


async def _follow(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor: Instructor,
    appraisal: Appraisal,
    numbers: Parameters,
) -> Refusal | None:
    """What follows from a last appraisal for its instructor: the next day, or notice of exit."""
    if appraisal.outcome is Result.FAILED:
        return await _notify(tx, service, principal, instructor, appraisal)
    today = service.clock.today()
    before = instructor.state_on(today)
    if refusal := instructor.pass_appraisal(today, _next_on(appraisal, numbers)):
        return refusal
    await instructors.save(tx, instructor)
    await keep_record(tx, service, principal, instructor, "pass_appraisal", before)
    return None


async def _follow_anew(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor: Instructor,
    appraisal: Appraisal,
    before: Result,
    numbers: Parameters,
    reason: str,
) -> Refusal | None:
    """What follows from a last appraisal that was amended."""
    next_on = _next_on(appraisal, numbers)
    if appraisal.outcome is Result.FAILED:
        if before is Result.FAILED or instructor.state not in _IN_POOL:
            return None
        return await _notify(tx, service, principal, instructor, appraisal)
    if before is Result.FAILED:
        standing = await exits.of_appraisal(tx, appraisal.id)
        if standing is None:
            return None
        return await exit_cases.undo(tx, service, principal, instructor, standing, reason, next_on)
    if instructor.state in _IN_POOL and instructor.appraisal_due_on != next_on:
        instructor.postpone_appraisal(next_on)
        await instructors.save(tx, instructor)
    return None


async def _notify(
    tx: Transaction, service: Service, principal: Principal, instructor: Instructor, appraisal: Appraisal
) -> Refusal | None:
    numbers = numbers_on(service, service.clock.today())
    if isinstance(numbers, Refusal):
        return numbers
    (finding,) = appraisal.decision.findings
    reason = f"考核总分{finding.fact}，应{finding.required}"
    noticed = await exit_cases.notify(
        tx, service, principal, instructor, ExitGround.FAILED_APPRAISAL, reason, numbers, appraisal.id
    )
    return noticed if isinstance(noticed, Refusal) else None


async def _locked(
    tx: Transaction, principal: Principal, appraisal_id: UUID, version: int
) -> tuple[Instructor, Appraisal] | Refusal:
    """The instructor, locked, and the appraisal as it is under that lock."""
    row = await repository.one(tx, appraisal_id, scope_of(principal))
    if row is None:
        return Refusal(NOT_FOUND)
    instructor = await instructors.load_for_update(tx, row["instructor_id"], EVERYTHING)
    row = await repository.one(tx, appraisal_id, EVERYTHING)
    assert instructor is not None, "an appraisal has its instructor"
    assert row is not None, "an appraisal is never deleted"
    appraisal = repository.appraisal_of(row)
    return (instructor, appraisal) if appraisal.version == version else Refusal(PRECONDITION_FAILED)


def _new(
    service: Service, principal: Principal, instructor_id: UUID, body: NewAppraisal, numbers: Parameters
) -> Appraisal:
    return Appraisal(
        id=new_id(),
        instructor_id=instructor_id,
        held_on=body.held_on,
        scores=body.scores,
        pass_mark=numbers.appraisal_pass_mark,
        comment=body.comment,
        recorded_at=service.clock.now(),
        recorded_by=principal.subject,
    )


def _change(appraisal: Appraisal, body: AppraisalAmendment, numbers: Parameters) -> None:
    appraisal.held_on = body.held_on or appraisal.held_on
    appraisal.scores = body.scores if body.scores is not None else appraisal.scores
    appraisal.comment = body.comment if body.comment is not None else appraisal.comment
    appraisal.pass_mark = numbers.appraisal_pass_mark
    appraisal.version += 1


def _next_on(appraisal: Appraisal, numbers: Parameters) -> date:
    return add_months(appraisal.held_on, numbers.appraisal_interval_months)


def _kept(one: Appraisal) -> Mapping[str, Any]:
    return {
        "held_on": str(one.held_on),
        "scores": dict(one.scores),
        "total": one.total,
        "pass_mark": one.pass_mark,
        "outcome": one.outcome,
        "comment": one.comment,
    }


async def _record(tx: Transaction, service: Service, principal: Principal, appraisal: Appraisal) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="appraise_instructor",
        object_type="appraisal",
        object_id=appraisal.id,
        to_state=appraisal.outcome,
        details={"instructor": str(appraisal.instructor_id), "total": appraisal.total},
    )
