"""What an institution does with its applications: apply, revise, submit, withdraw; and what time does."""

from datetime import date
from uuid import UUID

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import Event, ProjectRef
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

from training_svc.institutions import repository as institutions
from training_svc.policy.decision import Decision, decide
from training_svc.policy.facts import Standard
from training_svc.policy.parameters import parameters_or_none
from training_svc.policy.qualification import (
    APPLICATION_RULES,
    CRITERIA_RULES,
    ApplicationFacts,
    CriteriaFacts,
    Figures,
)
from training_svc.policy.standing import institution_is_open
from training_svc.problems import QUALIFICATION_EXISTS, QUALIFICATION_REFUSED
from training_svc.projects import repository as projects
from training_svc.qualifications import repository
from training_svc.qualifications.lifecycle import State
from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.schemas import Draft, NewQualification
from training_svc.sanctions import repository as sanctions
from training_svc.service import Service
from training_svc.standards import repository as standards
from training_svc.versions import as_read
from training_svc.visibility import scope_of

_UNKNOWN_STANDARD = FieldError(
    "/standard_version",
    "unknown_standard",
    Text("该项目没有此版本的标准", "The project has no standard of this version"),
)
_NOT_DECLARED = FieldError(
    "/declared",
    "required",
    Text("提交申请须申报各项数据", "An application that is submitted declares its figures"),
)


async def apply(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, body: NewQualification
) -> Qualification | Refusal:
    """An institution applies for a stage-3 project by the standard in force, or keeps a draft (T05, T07)."""
    institution = await institutions.held(tx, institution_id, scope_of(principal))
    if institution is None:
        return Refusal(NOT_FOUND)
    project = await projects.for_use(tx, body.project_code)
    standard = await standards.cited(tx, body.project_code, body.standard_version)
    if project is None or standard is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_STANDARD,))
    qualification = _new(service, institution, project, body)
    if not body.draft and (refusal := await _submit(tx, service, qualification, project, standard)):
        return refusal
    qualification.version = 1  # the first that anyone reads, submitted or not
    if not await repository.insert_new(tx, qualification, principal.subject):
        return Refusal(QUALIFICATION_EXISTS)
    await _record(tx, service, principal, qualification, "draft" if body.draft else "submit", None)
    return qualification


async def revise(
    tx: Transaction, service: Service, principal: Principal, qualification_id: UUID, version: int, body: Draft
) -> Qualification | Refusal:
    """An institution fills its draft anew."""
    qualification = await changeable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    if await standards.cited(tx, qualification.project.code, body.standard_version) is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_STANDARD,))
    before, declared = qualification.state, body.declared.figures() if body.declared else None
    result = qualification.revise(body.standard_version, declared)
    try:
        async with tx.savepoint():
            return await kept(tx, service, principal, qualification, "revise", before, result)
    except asyncpg.UniqueViolationError:
        return Refusal(QUALIFICATION_EXISTS)  # another application by the version it cites now is open


async def submit(
    tx: Transaction, service: Service, principal: Principal, qualification_id: UUID, version: int
) -> Qualification | Refusal:
    """An institution submits its draft, citing the standard in force that day (T05, T07)."""
    qualification = await changeable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    project = await projects.for_use(tx, qualification.project.code)
    standard = await standards.cited(tx, qualification.project.code, qualification.standard_version)
    if project is None or standard is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_STANDARD,))
    before = qualification.state
    result = await _submit(tx, service, qualification, project, standard)
    return await kept(tx, service, principal, qualification, "submit", before, result)


async def withdraw(
    tx: Transaction, service: Service, principal: Principal, qualification_id: UUID, version: int
) -> Qualification | Refusal:
    """An institution takes its application back before it is decided."""
    qualification = await changeable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    before, result = qualification.state, qualification.withdraw(service.clock.today())
    return await kept(tx, service, principal, qualification, "withdraw", before, result)


async def expire_due(tx: Transaction, service: Service, most: int = 200) -> int:
    """Tells once, of each qualification whose last day is over, that it expired (T07); returns how many."""
    due = await repository.due(tx, service.clock.today(), most)
    for qualification in due:
        before, event = qualification.state, qualification.expire()
        await kept(tx, service, SYSTEM, qualification, "expire", before, event)
    return len(due)


def judged(
    service: Service, on: date, standard: Standard, declared: Figures | None, found: Figures
) -> Decision:
    """What the rules make on a day of the figures that were found, by the cited standard (T07)."""
    return decide(CRITERIA_RULES, CriteriaFacts(service.law.in_force, on, standard, declared, found))


async def changeable(
    tx: Transaction, principal: Principal, qualification_id: UUID, version: int
) -> Qualification | Refusal:
    """The qualification, locked, if the principal may see it and has read its present version."""
    return as_read(await repository.load_for_update(tx, qualification_id, scope_of(principal)), version)


async def kept(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification: Qualification,
    deed: str,
    before: State,
    result: Refusal | Event | None,
    reason: str | None = None,
) -> Qualification | Refusal:
    """Keeps what a step changed, tells its event and audits it, unless the step was refused."""
    if isinstance(result, Refusal):
        return result
    await repository.save(tx, qualification)
    if result is not None:
        await emit(tx, result, service.clock.now())
    await _record(tx, service, principal, qualification, deed, before, reason)
    return qualification


async def _submit(
    tx: Transaction, service: Service, qualification: Qualification, project: Row, standard: Standard
) -> Refusal | None:
    if qualification.declared is None:
        return Refusal(INVALID_INPUT, errors=(_NOT_DECLARED,))
    facts = await _facts(tx, service, qualification, project)
    standing = await sanctions.standing(tx, qualification.institution_id, facts.today)
    decision = decide(APPLICATION_RULES, facts) + decide((institution_is_open,), standing)
    if refusal := decision.refusal(QUALIFICATION_REFUSED):
        return refusal
    declared = qualification.declared
    findings = judged(service, facts.today, standard, declared, declared)
    return qualification.submit(findings, service.clock.now(), facts.today)


async def _facts(
    tx: Transaction, service: Service, qualification: Qualification, project: Row
) -> ApplicationFacts:
    today = service.clock.today()
    return ApplicationFacts(
        law=service.law.in_force,
        today=today,
        stage=project["stage"],
        project_retired=project["retired_on"] is not None,
        project_district=project["district"],
        district=qualification.district,
        cited_version=qualification.standard_version,
        standard=await standards.in_force(tx, qualification.project.code, today),
        granted_until=await repository.granted_until(tx, qualification, today),
        parameters=parameters_or_none(service.law, today),
    )


def _new(service: Service, institution: Row, project: Row, body: NewQualification) -> Qualification:
    return Qualification(
        id=new_id(),
        institution_id=institution["id"],
        credit_code=institution["credit_code"],
        project=ProjectRef(code=project["code"], name=project["name"], stage=project["stage"]),
        standard_version=body.standard_version,
        district=institution["district"],
        state=State.DRAFT,
        created_at=service.clock.now(),
        version=0,
        declared=body.declared.figures() if body.declared else None,
    )


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification: Qualification,
    deed: str,
    before: State | None,
    reason: str | None = None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=f"{deed}_qualification",
        object_type="qualification",
        object_id=qualification.id,
        from_state=before,
        to_state=qualification.state,
        reason=reason,
        details={"project": qualification.project.code, "standard": qualification.standard_version},
    )
