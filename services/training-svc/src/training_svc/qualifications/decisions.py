"""What the district does with qualifications: approve, reject, suspend, resume, revoke, amend (T07, T08)."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.base import Event
from chuangpei.kernel.dates import add_years
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT

from training_svc.policy.decision import Decision
from training_svc.policy.parameters import parameters_on, parameters_or_none
from training_svc.policy.qualification import Figures
from training_svc.problems import QUALIFICATION_EXISTS
from training_svc.qualifications import repository
from training_svc.qualifications.lifecycle import GRANTED
from training_svc.qualifications.qualification import Qualification, Review
from training_svc.qualifications.schemas import Approval, QualificationAmendment, Rejection
from training_svc.qualifications.use_cases import changeable, judged, kept
from training_svc.service import Service
from training_svc.standards import repository as standards

_OUT_OF_RANGE = FieldError(
    "/valid_until",
    "out_of_range",
    Text(
        "有效期应在认定之日起的最长有效期内，且资质尚在有效期",
        "The last day lies within the longest validity of a qualification that has not ended",
    ),
)
StandingChange = Callable[[Qualification, date, str], Event | Refusal]


async def approve(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification_id: UUID,
    version: int,
    body: Approval,
) -> Qualification | Refusal:
    """The institution's district approves, strictly by the cited standard and what it found (T07)."""
    qualification = await changeable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    today = service.clock.today()
    review = await _review(tx, service, principal, qualification, body.found.figures(), body.comment)
    granted_until = await repository.granted_until(tx, qualification, today)
    before = qualification.state
    result = qualification.approve(review, granted_until, parameters_or_none(service.law, today))
    return await kept(tx, service, principal, qualification, "approve", before, result, body.comment)


async def reject(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification_id: UUID,
    version: int,
    body: Rejection,
) -> Qualification | Refusal:
    """The institution's district rejects, saying why, with what the rules find (T07)."""
    qualification = await changeable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    found = body.found.figures() if body.found else None
    review = await _review(tx, service, principal, qualification, found, body.reason)
    before, result = qualification.state, qualification.reject(review)
    return await kept(tx, service, principal, qualification, "reject", before, result, body.reason)


async def change_standing(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification_id: UUID,
    version: int,
    deed: str,
    change: StandingChange,
    reason: str,
) -> Qualification | Refusal:
    """The institution's district suspends, resumes or revokes, saying why (T07, T08)."""
    qualification = await changeable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    before, result = qualification.state, change(qualification, service.clock.today(), reason)
    return await kept(tx, service, principal, qualification, deed, before, result, reason)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification_id: UUID,
    version: int,
    body: QualificationAmendment,
) -> Qualification | Refusal:
    """The district amends what it recorded at its decision, with a reason; tells another last day (T07)."""
    qualification = await changeable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    if body.valid_until and not _possible(service, qualification, body.valid_until):
        return Refusal(INVALID_INPUT, errors=(_OUT_OF_RANGE,))
    before = _amendable(qualification)
    found = body.found.figures() if body.found else qualification.found
    decision = Decision(qualification.findings)
    if found is not None and found != qualification.found:
        decision = await _decision(tx, service, qualification, found)
    result = qualification.amend(
        service.clock.today(),
        found,
        decision,
        body.decision_reason or qualification.reason,
        body.valid_until or qualification.valid_until,
    )
    if isinstance(result, Refusal):
        return result
    return await _amended(tx, service, principal, qualification, body.reason, before, result)


async def _amended(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification: Qualification,
    reason: str,
    before: dict[str, Any],
    event: Event | None,
) -> Qualification | Refusal:
    try:
        async with tx.savepoint():
            await repository.save(tx, qualification)
    except asyncpg.ExclusionViolationError:
        return Refusal(QUALIFICATION_EXISTS)  # its renewal holds some of those days
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="qualification",
        object_id=qualification.id,
        reason=reason,
        before=before,
        after=_amendable(qualification),
    )
    if not changed:
        return Refusal(NOTHING_AMENDED)
    if event is not None:
        await emit(tx, event, service.clock.now())
    return qualification


def _amendable(qualification: Qualification) -> dict[str, Any]:
    until = qualification.valid_until
    return {
        "found": asdict(qualification.found) if qualification.found else None,
        "decision_reason": qualification.reason,
        "valid_until": until.isoformat() if until else None,
    }


def _possible(service: Service, qualification: Qualification, until: date) -> bool:
    first, decided_on = qualification.valid_from, qualification.decided_on
    if qualification.standing(service.clock.today()) not in GRANTED or not first or not decided_on:
        return False
    years = parameters_on(service.law, decided_on).qualification_years
    return first <= until <= add_years(first, years)


async def _review(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification: Qualification,
    found: Figures | None,
    reason: str | None,
) -> Review:
    decision = await _decision(tx, service, qualification, found or qualification.declared)
    at, on = service.clock.now(), service.clock.today()
    return Review(principal.subject, at, on, found, reason, decision)


async def _decision(
    tx: Transaction, service: Service, qualification: Qualification, found: Figures | None
) -> Decision:
    """What the rules make of the figures, on the day of the decision or today; nothing without figures."""
    if found is None:
        return Decision(())
    standard = await standards.cited(tx, qualification.project.code, qualification.standard_version)
    assert standard is not None, "a cited standard stands"
    on = qualification.decided_on or service.clock.today()
    return judged(service, on, standard, qualification.declared, found)
