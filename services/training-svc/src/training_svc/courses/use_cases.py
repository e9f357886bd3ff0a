"""What is done with courses: submit, assess, recognise, reject, admit, retire, amend (T09)."""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import Event
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from training_svc.course_materials import repository as materials
from training_svc.courses import repository
from training_svc.courses.course import Assessment, Course
from training_svc.courses.lifecycle import State
from training_svc.courses.schemas import AssessmentAmendment, CourseAmendment, NewAssessment, NewCourse
from training_svc.institutions import repository as institutions
from training_svc.policy.courses import SUBMISSION_RULES, CourseFacts
from training_svc.policy.decision import decide
from training_svc.policy.facts import Standard
from training_svc.policy.parameters import parameters_on
from training_svc.policy.standing import institution_is_open
from training_svc.problems import ASSESSED_ALREADY, COURSE_EXISTS, COURSE_REFUSED, NOT_YOUR_ASSESSMENT
from training_svc.projects import repository as projects
from training_svc.sanctions import repository as sanctions
from training_svc.service import Service
from training_svc.standards import repository as standards
from training_svc.versions import as_read
from training_svc.visibility import EVERYTHING, scope_of

_UNKNOWN_PROJECT = FieldError(
    "/project_code", "unknown_project", Text("没有此培训项目", "There is no such project")
)
_NO_SUCH_DAY = FieldError(
    "/retired_on",
    "out_of_range",
    Text("退出日期应在认定或纳入之日至今日之间", "It left between its recognition or admission and today"),
)


async def submit(
    tx: Transaction, service: Service, principal: Principal, body: NewCourse
) -> Course | Refusal:
    """A developer that is open submits a course, by the standard in force that day (申报; T09, T05, T06)."""
    institution = await institutions.held(tx, body.institution_id, scope_of(principal))
    if institution is None:
        return Refusal(NOT_FOUND)
    project = await projects.one(tx, body.project_code)
    if project is None:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_PROJECT,))
    standard = await standards.in_force(tx, body.project_code, service.clock.today())
    course = _new(service, body, institution, project, standard)
    standing = await sanctions.standing(tx, course.institution_id, service.clock.today())
    decision = decide(SUBMISSION_RULES, _facts(service, course)) + decide((institution_is_open,), standing)
    if refusal := decision.refusal(COURSE_REFUSED):
        return refusal
    if not await repository.insert_new(tx, course, principal.subject):
        return Refusal(COURSE_EXISTS)
    await _record(tx, service, principal, course, "submit_course", None)
    return course


async def assess(
    tx: Transaction, service: Service, principal: Principal, course_id: UUID, body: NewAssessment
) -> Assessment | Refusal:
    """An assessor of the city centre gives a score and an opinion, once for each course (评估; T09)."""
    course = await repository.load_for_update(tx, course_id, EVERYTHING)
    if course is None:
        return Refusal(NOT_FOUND)
    before = course.state
    if refusal := course.assess():
        return refusal
    assessment = Assessment(
        id=new_id(),
        course_id=course_id,
        score=body.score,
        opinion=body.opinion,
        assessed_at=service.clock.now(),
        assessed_by=principal.subject,
        assessed_by_person=principal.person_key,
        version=1,
    )
    if not await repository.insert_assessment(tx, assessment):
        return Refusal(ASSESSED_ALREADY)
    await _save(tx, service, principal, course, "assess_course", before)
    return assessment


async def amend_assessment(
    tx: Transaction,
    service: Service,
    principal: Principal,
    course_id: UUID,
    assessment_id: UUID,
    version: int,
    body: AssessmentAmendment,
) -> Assessment | Refusal:
    """The assessor corrects a score or an opinion, while nobody has decided (T09)."""
    course = await repository.load_for_update(tx, course_id, EVERYTHING)
    found = await repository.assessment(tx, course_id, assessment_id)
    if course is None or found is None:
        return Refusal(NOT_FOUND)
    if not found.is_by(principal):
        return Refusal(NOT_YOUR_ASSESSMENT)
    if found.version != version:
        return Refusal(PRECONDITION_FAILED)
    if course.state is not State.ASSESSED:
        return Refusal(NOT_ALLOWED_NOW)
    after = body.model_dump(exclude={"reason"}, exclude_none=True)
    before = {name: getattr(found, name) for name in after}
    found.amend(after)
    await repository.save_assessment(tx, found)
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="course_assessment",
        object_id=found.id,
        reason=body.reason,
        before=before,
        after=after,
    )
    return found if changed else Refusal(NOTHING_AMENDED)


async def recognise(
    tx: Transaction, service: Service, principal: Principal, course_id: UUID, version: int, grant_fen: int
) -> Course | Refusal:
    """Somebody who did not assess recognises the course with its grant (认定; T09), and tells so."""

    def decide_it(course: Course, assessments: Sequence[Assessment]) -> Event | Refusal:
        facts = _facts(service, course, assessments, grant_fen=grant_fen)
        return course.recognise(principal, service.clock.now(), grant_fen, assessments, facts)

    return await _decided(tx, service, principal, course_id, version, "recognise_course", decide_it)


async def reject(
    tx: Transaction,
    service: Service,
    principal: Principal,
    course_id: UUID,
    version: int,
    findings: Sequence[str],
) -> Course | Refusal:
    """Somebody who did not assess rejects the course with what was found (不予认定; T09)."""

    def decide_it(course: Course, assessments: Sequence[Assessment]) -> Refusal | None:
        return course.reject(principal, service.clock.now(), findings, assessments)

    return await _decided(tx, service, principal, course_id, version, "reject_course", decide_it)


async def admit(
    tx: Transaction, service: Service, principal: Principal, course_id: UUID, version: int
) -> Course | Refusal:
    """A recognised course joins the city's course system, readable to all (纳入课程体系; T09)."""
    released = await materials.released_of(tx, course_id)

    def decide_it(course: Course, _: Sequence[Assessment]) -> Refusal | None:
        return course.admit(service.clock.today(), _facts(service, course, released=released))

    return await _decided(tx, service, principal, course_id, version, "admit_course", decide_it)


async def retire(
    tx: Transaction, service: Service, principal: Principal, course_id: UUID, version: int, reason: str
) -> Course | Refusal:
    """A course leaves the system, and others are told (退出; T09)."""

    def decide_it(course: Course, _: Sequence[Assessment]) -> Event | Refusal:
        return course.retire(service.clock.today(), reason)

    return await _decided(tx, service, principal, course_id, version, "retire_course", decide_it)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    course_id: UUID,
    version: int,
    body: CourseAmendment,
) -> Course | Refusal:
    """Corrects a recognised course or its retirement; its grant keeps within the cap of that day (T09)."""
    course = await _changeable(tx, course_id, version)
    if isinstance(course, Refusal):
        return course
    changes = body.model_dump(exclude={"reason", "retired"}, exclude_none=True)
    before, today = course.described(), service.clock.today()
    assessments = await repository.assessments(tx, course_id)
    facts = _facts(
        service, course, grant_fen=changes.get("grant_fen"), online_percent=changes.get("online_percent")
    )
    restored_on = today if body.retired is False else None
    told = course.amend(principal, changes, assessments, facts, restored_on)
    if isinstance(told, Refusal):
        return told
    if body.retired_on and not _may_have_retired(course, body.retired_on, today):
        return Refusal(INVALID_INPUT, errors=(_NO_SUCH_DAY,))
    try:
        async with tx.savepoint():
            await repository.save(tx, course)
    except asyncpg.UniqueViolationError:
        return Refusal(COURSE_EXISTS)
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="course",
        object_id=course.id,
        reason=body.reason,
        before=before,
        after=course.described(),
    )
    if not changed:
        return Refusal(NOTHING_AMENDED)
    if told is not None:
        await emit(tx, told, service.clock.now())
    return course


def _may_have_retired(course: Course, day: date, today: date) -> bool:
    assert course.decided_on is not None, "what is retired was recognised"
    return max(course.decided_on, course.admitted_on or course.decided_on) <= day <= today


async def _decided(
    tx: Transaction,
    service: Service,
    principal: Principal,
    course_id: UUID,
    version: int,
    action: str,
    decide_it: Callable[[Course, Sequence[Assessment]], Event | Refusal | None],
) -> Course | Refusal:
    """Loads the course for update, decides, saves, tells of it and audits."""
    course = await _changeable(tx, course_id, version)
    if isinstance(course, Refusal):
        return course
    before = course.state
    told = decide_it(course, await repository.assessments(tx, course_id))
    if isinstance(told, Refusal):
        return told
    await _save(tx, service, principal, course, action, before)
    if told:
        await emit(tx, told, service.clock.now())
    return course


async def _changeable(tx: Transaction, course_id: UUID, version: int) -> Course | Refusal:
    return as_read(await repository.load_for_update(tx, course_id, EVERYTHING), version)


def _facts(
    service: Service,
    course: Course,
    assessments: Sequence[Assessment] = (),
    *,
    released: int = 0,
    grant_fen: int | None = None,
    online_percent: int | None = None,
) -> CourseFacts:
    """What the rules look at, as of the day the course was decided, or today."""
    law, day = service.law, course.decided_on or service.clock.today()
    return CourseFacts(
        in_force=law.in_force,
        day=day,
        parameters=parameters_on(law, day) if law.in_force.covers(day) else None,
        online_percent=course.online_percent if online_percent is None else online_percent,
        max_online_percent=course.max_online_percent,
        scores=tuple(one.score for one in assessments),
        grant_fen=(course.grant_fen or 0) if grant_fen is None else grant_fen,
        released_materials=released,
    )


def _new(
    service: Service, body: NewCourse, institution: Row, project: Row, standard: Standard | None
) -> Course:
    return Course(
        id=new_id(),
        institution_id=institution["id"],
        credit_code=institution["credit_code"],
        institution_name=institution["name"],
        district=institution["district"],
        project_code=project["code"],
        project_name=project["name"],
        stage=project["stage"],
        standard_version=standard.version if standard else None,
        max_online_percent=standard.max_online_percent if standard else None,
        name=body.name,
        summary=body.summary,
        hours=body.hours,
        online_percent=body.online_percent,
        state=State.SUBMITTED,
        submitted_at=service.clock.now(),
        submitted_on=service.clock.today(),
        version=1,
    )


async def _save(
    tx: Transaction, service: Service, principal: Principal, course: Course, action: str, before: State
) -> None:
    await repository.save(tx, course)
    await _record(tx, service, principal, course, action, before)


async def _record(
    tx: Transaction, service: Service, principal: Principal, course: Course, action: str, before: State | None
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="course",
        object_id=course.id,
        from_state=before,
        to_state=course.state,
        reason=course.retirement_reason or "; ".join(course.findings) or None,
        details={"project": course.project_code, "grant_fen": course.grant_fen},
    )
