"""Applying for the pool: by an institution for somebody it employs, or for oneself (T10)."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_phone
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

from training_svc.institutions import repository as institutions
from training_svc.instructors import repository
from training_svc.instructors.instructor import Employment, Instructor
from training_svc.instructors.lifecycle import State
from training_svc.instructors.schemas import NewCertificate, NewInstructor, SelfNomination
from training_svc.instructors.use_cases import keep_record
from training_svc.persons import birth_errors, seal, seal_phone
from training_svc.policy.decision import decide
from training_svc.policy.instructors import RETURN_RULES, ReturnFacts
from training_svc.policy.standing import institution_is_open
from training_svc.problems import INSTRUCTOR_EXISTS, INSTRUCTOR_REFUSED
from training_svc.projects import repository as projects
from training_svc.sanctions import repository as sanctions
from training_svc.service import Service
from training_svc.visibility import scope_of

_UNKNOWN_PROJECT = Text("没有此培训项目", "There is no such project")
_NOT_YOUR_OWN = FieldError(
    "/id_number", "not_your_own", Text("只能为本人自荐", "One nominates nobody but oneself")
)


async def apply(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, body: NewInstructor
) -> Instructor | Refusal:
    """An institution that is open applies for somebody it employs; its district is to vet (T06, T10)."""
    institution = await institutions.held(tx, institution_id, scope_of(principal))
    if institution is None:
        return Refusal(NOT_FOUND)
    standing = await sanctions.standing(tx, institution_id, service.clock.today())
    if refusal := decide((institution_is_open,), standing).refusal(INSTRUCTOR_REFUSED):
        return refusal
    application = _application(service, body, institution["district"], institution, body.employment)
    return await _enter(tx, service, principal, body, application)


async def nominate_oneself(
    tx: Transaction, service: Service, principal: Principal, body: SelfNomination
) -> Instructor | Refusal:
    """A citizen applies alone (自荐), to the district named (T10)."""
    application = _application(service, body, body.district, None, None)
    if application.person.person_key != principal.person_key:
        return Refusal(INVALID_INPUT, errors=(_NOT_YOUR_OWN,))
    return await _enter(tx, service, principal, body, application)


async def input_errors(tx: Transaction, codes: list[str] | None) -> AsyncIterator[FieldError]:
    """The errors of projects that do not exist."""
    for number, code in enumerate(codes or []):
        if await projects.one(tx, code) is None:
            yield FieldError(f"/projects/{number}", "unknown_project", _UNKNOWN_PROJECT)


def certificate_values(
    service: Service, principal: Principal, instructor_id: UUID, body: NewCertificate
) -> dict[str, object]:
    """The row of a certificate."""
    own = {"id": new_id(), "instructor_id": instructor_id, "recorded_by": principal.subject}
    return body.model_dump() | own | {"recorded_at": service.clock.now()}


async def _enter(
    tx: Transaction,
    service: Service,
    principal: Principal,
    body: NewInstructor | SelfNomination,
    application: Instructor,
) -> Instructor | Refusal:
    today = service.clock.today()
    errors = [one async for one in input_errors(tx, body.projects)]
    errors += birth_errors(body.id_number, "/id_number", today)
    if errors:
        return Refusal(INVALID_INPUT, errors=tuple(errors))
    entered = await _entered(tx, application, today)
    if isinstance(entered, Refusal):
        return entered
    instructor, before = entered
    for one in body.certificates:
        await repository.add_certificate(tx, certificate_values(service, principal, instructor.id, one))
    await keep_record(tx, service, principal, instructor, "apply_for_instructor_pool", before)
    return instructor


async def _entered(
    tx: Transaction, application: Instructor, today: date
) -> tuple[Instructor, State | None] | Refusal:
    """The application as the person's one row, and the state before; who was there may be waited for."""
    if await repository.insert_new(tx, application):
        return application, None
    instructor = await repository.load_person_for_update(tx, application.person.person_key)
    assert instructor is not None, "a row that was in the way is there"
    before, may_return_on = instructor.state, instructor.may_return_on
    if instructor.apply_again(application):
        return Refusal(INSTRUCTOR_EXISTS)
    if refusal := decide(RETURN_RULES, ReturnFacts(may_return_on, today)).refusal(INSTRUCTOR_REFUSED):
        return refusal
    await repository.save_with_projects(tx, instructor)
    return instructor, before


def _application(
    service: Service,
    body: NewInstructor | SelfNomination,
    district: str,
    institution: Row | None,
    employment: Employment | None,
) -> Instructor:
    return Instructor(
        id=new_id(),
        person=seal(service.privacy, body.name, body.id_number),
        masked_phone=mask_phone(body.phone),
        phone_encrypted=seal_phone(service.privacy, body.phone),
        employment=employment,
        institution_id=institution["id"] if institution else None,
        credit_code=institution["credit_code"] if institution else None,
        institution_name=institution["name"] if institution else None,
        district=district,
        fields=tuple(dict.fromkeys(body.fields)),
        projects=tuple(sorted(set(body.projects))),
        state=State.APPLIED,
        applied_at=service.clock.now(),
    )
