"""What the district does with qualifications: approve, reject, suspend, resume, revoke, amend (T07, T08)."""

from collections.abc import Callable, Iterator, Sequence
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
_NO_SUCH_DAY = FieldError(
    "/standing_since",
    "out_of_range",
    Text("日期应在认定之日至今日之间", "The day lies between the decision and today"),
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
    """The district amends what it recorded, or takes a decision back, with a reason (T07, T08).

    Another last day, another day of a suspension, resumption or revocation and what is restored are told.
    """
    qualification = await changeable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    before = _amendable(qualification)
    change = _taken_back if False in (body.rejected, body.revoked) else _corrected
    told = await change(tx, service, qualification, body)
    if isinstance(told, Refusal):
        return told
    return await _amended(tx, service, principal, qualification, body.reason, before, told)


async def _taken_back(
    tx: Transaction, service: Service, qualification: Qualification, body: QualificationAmendment
) -> list[Event] | Refusal:
    today = service.clock.today()
    if body.revoked is False:
        restored = qualification.restore(today)
        return restored if isinstance(restored, Refusal) else [restored]
    decision = await _decision(tx, service, qualification, qualification.declared)
    return qualification.reopen(today, decision) or []


async def _corrected(
    tx: Transaction, service: Service, qualification: Qualification, body: QualificationAmendment
) -> list[Event] | Refusal:
    if errors := tuple(_day_errors(service, qualification, body)):
        return Refusal(INVALID_INPUT, errors=errors)
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
    told: list[Event | Refusal | None] = [result]
    if body.standing_since or body.standing_reason:
        told.append(qualification.amend_standing(body.standing_since, body.standing_reason))
    refusal = next((one for one in told if isinstance(one, Refusal)), None)
    return refusal or [one for one in told if isinstance(one, Event)]


async def _amended(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification: Qualification,
    reason: str,
    before: dict[str, Any],
    told: Sequence[Event],
) -> Qualification | Refusal:
    try:
        async with tx.savepoint():
            await repository.save(tx, qualification)
    except (asyncpg.ExclusionViolationError, asyncpg.UniqueViolationError):
        # Its renewal holds some of those days, or another application is open.
        return Refusal(QUALIFICATION_EXISTS)
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
    for event in told:
        await emit(tx, event, service.clock.now())
    return qualification


def _amendable(qualification: Qualification) -> dict[str, Any]:
    days = ("decided_on", "valid_until", "standing_since")
    return {
        "state": qualification.state,
        "found": asdict(qualification.found) if qualification.found else None,
        "decision_reason": qualification.reason,
        "decided_by": qualification.decided_by,
        "standing_reason": qualification.standing_reason,
        **{name: day.isoformat() if (day := getattr(qualification, name)) else None for name in days},
    }


def _day_errors(
    service: Service, qualification: Qualification, body: QualificationAmendment
) -> Iterator[FieldError]:
    if body.valid_until and not _possible(service, qualification, body.valid_until):
        yield _OUT_OF_RANGE
    since, decided_on = body.standing_since, qualification.decided_on
    if since and decided_on and not decided_on <= since <= service.clock.today():
        yield _NO_SUCH_DAY


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
