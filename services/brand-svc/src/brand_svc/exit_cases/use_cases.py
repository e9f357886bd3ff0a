"""Verbs of the district and the institution: notify, hear, verify, amend, step aside (B10, B11)."""

from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND

from brand_svc.exit_cases import repository
from brand_svc.exit_cases.exit_case import ExitCase, Kept
from brand_svc.exit_cases.lifecycle import State
from brand_svc.exit_cases.steps import Step, conflict_of, in_reach, may_verify, take_step, texts
from brand_svc.policy.deadlines import last_day
from brand_svc.policy.parameters import parameters_on
from brand_svc.service import Service
from brand_svc.transitions import stale


async def notify(
    tx: Transaction,
    service: Service,
    principal: Principal,
    case_id: UUID,
    version: int,
    notice: str,
    evidence: Kept,
) -> ExitCase | Refusal:
    """The district tells the institution what it is about to find, and until when it may answer (B11)."""
    today = service.clock.today()
    answer_by = last_day(today, parameters_on(service.law, today).hearing_working_days)
    # What is said rests on the case alone: its words may name people, whom the log names nowhere.
    step = Step("notify_exit_case", lambda case: case.notify(notice, evidence, today, answer_by))
    return await take_step(tx, service, principal, case_id, version, step)


async def hear(
    tx: Transaction,
    service: Service,
    principal: Principal,
    case_id: UUID,
    version: int,
    answer: str | None,
    evidence: Kept,
) -> ExitCase | Refusal:
    """The institution answers (陈述申辩), or waives it where ``answer`` is None (B11)."""
    today = service.clock.today()
    name = "waive_hearing" if answer is None else "answer_exit_case"
    step = Step(name, lambda case: case.hear(answer, evidence, today))
    return await take_step(tx, service, principal, case_id, version, step)


async def verify(
    tx: Transaction,
    service: Service,
    principal: Principal,
    case_id: UUID,
    version: int,
    *,
    founded: bool,
    statement: str,
    evidence: Kept,
) -> ExitCase | Refusal:
    """The district reports it to the city once the hearing is over, or closes it as unfounded (B10, B11)."""
    today = service.clock.today()
    due_on = last_day(today, parameters_on(service.law, today).city_decision_working_days)

    def act(case: ExitCase) -> Refusal | None:
        if founded:
            return case.report(statement, evidence, principal, today, due_on)
        return case.close_unfounded(statement, evidence, principal, today)

    step = Step("verify_exit_case", act, statement, may_verify)
    return await take_step(tx, service, principal, case_id, version, step)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    case_id: UUID,
    version: int,
    changes: dict[str, Any],
    reason: str,
) -> ExitCase | Refusal:
    """The district corrects what it reported, before the city decides; the first is kept (更正; B11)."""
    case = await repository.load_for_update(tx, case_id)
    if case is None or not in_reach(principal, case):
        return Refusal(NOT_FOUND)
    refused = stale(case.version, version) or await conflict_of(tx, principal, case)
    if refused or (refused := await may_verify(tx, principal, case)):
        return refused
    if case.state is not State.REPORTED:
        return Refusal(NOT_ALLOWED_NOW)
    before = texts(case)
    for name, value in changes.items():
        setattr(case, name, value)
    case.verified_by, case.verified_by_person = principal.subject, principal.person_key
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type=ExitCase.OBJECT_TYPE,
        object_id=case.id,
        reason=reason,
        before={name: before[name] for name in changes},
        after={name: texts(case)[name] for name in changes},
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, case)
    await emit(tx, case.changed(service.clock.today()), service.clock.now())
    return case


async def recuse(
    tx: Transaction, service: Service, principal: Principal, case_id: UUID, reason: str
) -> ExitCase | Refusal:
    """An officer steps aside from a case (回避) and takes no further part; said twice, it is said once."""
    case = await repository.load_for_update(tx, case_id)
    if case is None or not in_reach(principal, case):
        return Refusal(NOT_FOUND)
    if await repository.recuse(tx, case_id, principal, reason, service.clock.now()):
        await record(
            tx,
            principal,
            at=service.clock.now(),
            action="recuse_from_exit_case",
            object_type=ExitCase.OBJECT_TYPE,
            object_id=case.id,
            reason=reason,
        )
    return case
