"""What is done with qualifications: submit, approve, reject."""

from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import ProjectRef
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.institutions import repository as institutions
from training_svc.policy.decision import decide
from training_svc.policy.facts import QualificationFacts
from training_svc.policy.rules import QUALIFICATION_RULES
from training_svc.problems import QUALIFICATION_EXISTS, QUALIFICATION_REFUSED
from training_svc.qualifications import repository
from training_svc.qualifications.lifecycle import State
from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.schemas import NewQualification
from training_svc.service import Service
from training_svc.standards import repository as standards
from training_svc.visibility import scope_of

_UNKNOWN_STANDARD = FieldError(
    "/standard_version",
    "unknown_standard",
    Text("该项目没有此版本的标准", "The project has no standard of this version"),
)


async def submit(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, body: NewQualification
) -> Qualification | Refusal:
    """An institution applies for a stage-3 project by the standard in force (T05, T07)."""
    institution = await institutions.one(tx, institution_id, scope_of(principal))
    if institution is None:
        return Refusal(NOT_FOUND)
    project = await standards.project_citing(tx, body.project_code, body.standard_version)
    if project is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_STANDARD,))
    in_force = await standards.in_force(tx, body.project_code, service.clock.today())
    facts = QualificationFacts(project["stage"], body.standard_version, in_force)
    if refusal := decide(QUALIFICATION_RULES, facts).refusal(QUALIFICATION_REFUSED):
        return refusal
    qualification = _new(service, institution, project, body.standard_version)
    if not await repository.insert_new(tx, qualification, principal.subject):
        return Refusal(QUALIFICATION_EXISTS)
    await _record(tx, service, principal, qualification, "submit_qualification", None)
    return qualification


async def approve(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification_id: UUID,
    version: int,
    comment: str | None,
) -> Qualification | Refusal:
    """The district of the institution approves (T07)."""
    qualification = await _decidable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    before, now = qualification.state, service.clock.now()
    approved = qualification.approve(principal.subject, now, service.clock.today(), comment)
    if isinstance(approved, Refusal):
        return approved
    await repository.save(tx, qualification)
    await emit(tx, approved, now)
    await _record(tx, service, principal, qualification, "approve_qualification", before)
    return qualification


async def reject(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification_id: UUID,
    version: int,
    reason: str,
) -> Qualification | Refusal:
    """The district of the institution rejects, saying why (T07)."""
    qualification = await _decidable(tx, principal, qualification_id, version)
    if isinstance(qualification, Refusal):
        return qualification
    before = qualification.state
    refusal = qualification.reject(principal.subject, service.clock.now(), service.clock.today(), reason)
    if refusal:
        return refusal
    await repository.save(tx, qualification)
    await _record(tx, service, principal, qualification, "reject_qualification", before)
    return qualification


def _new(service: Service, institution: Row, project: Row, standard_version: str) -> Qualification:
    return Qualification(
        id=new_id(),
        institution_id=institution["id"],
        credit_code=institution["credit_code"],
        project=ProjectRef(code=project["code"], name=project["name"], stage=project["stage"]),
        standard_version=standard_version,
        district=institution["district"],
        state=State.SUBMITTED,
        submitted_at=service.clock.now(),
        version=1,
    )


async def _decidable(
    tx: Transaction, principal: Principal, qualification_id: UUID, version: int
) -> Qualification | Refusal:
    qualification = await repository.load_for_update(tx, qualification_id, scope_of(principal))
    if qualification is None:
        return Refusal(NOT_FOUND)
    if qualification.version != version:
        return Refusal(PRECONDITION_FAILED)
    return qualification


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    qualification: Qualification,
    action: str,
    before: State | None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="qualification",
        object_id=qualification.id,
        from_state=before,
        to_state=qualification.state,
        reason=qualification.reason,
        details={"project": qualification.project.code, "standard": qualification.standard_version},
    )
