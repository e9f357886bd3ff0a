"""What is done with classes: file one. What is done with a filed one is in ``changes``."""

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

from training_svc.classes import clashes, repository
from training_svc.classes.lifecycle import State
from training_svc.classes.rooms import rooms_of
from training_svc.classes.schemas import NewClass
from training_svc.classes.teachers import Teacher, facts_of, teachers_named
from training_svc.classes.terms import Terms, terms_of
from training_svc.classes.training_class import Session, TrainingClass
from training_svc.institutions import repository as institutions
from training_svc.policy.decision import decide
from training_svc.policy.facts import ClassFacts, Hours, RoomFacts
from training_svc.policy.organisers import InstitutionKind
from training_svc.policy.parameters import parameters_or_none
from training_svc.policy.rules import CLASS_RULES
from training_svc.policy.standing import STANDING_RULES
from training_svc.problems import CLASS_CLASH, CLASS_REFUSED
from training_svc.projects import repository as projects
from training_svc.sanctions import repository as sanctions
from training_svc.service import Service
from training_svc.visibility import scope_of

_UNKNOWN_PROJECT = FieldError(
    "/project_code", "unknown_project", Text("没有此培训项目", "There is no such project")
)


async def file_class(
    tx: Transaction, service: Service, principal: Principal, body: NewClass
) -> TrainingClass | Refusal:
    """An organiser files a class (T02–T07): district and standard are frozen on it (S07)."""
    institution = await institutions.held(tx, body.institution_id, scope_of(principal))
    if institution is None:
        return Refusal(NOT_FOUND)
    project = await projects.for_use(tx, body.project_code)
    teachers = await teachers_named(tx, service, body.instructors)
    if project is None or isinstance(teachers, Refusal):
        return _invalid(project, teachers)
    terms = await terms_of(tx, body.institution_id, project, body.starts_on)
    sessions = _sessions(body)
    rooms = await rooms_of(tx, body.institution_id, sessions)
    facts = _facts(service, body, institution, project, terms, teachers, sessions, rooms)
    standing = await sanctions.standing(tx, body.institution_id, service.clock.today())
    decision = decide(CLASS_RULES, facts) + decide(STANDING_RULES, standing)
    refusal = decision.refusal(CLASS_REFUSED)
    if refusal or terms.standard is None:
        return refusal or Refusal(CLASS_REFUSED)
    training_class = _class(service, body, institution, project, terms, teachers, sessions)
    return await _insert(tx, service, principal, training_class)


def _invalid(project: Row | None, teachers: tuple[Teacher, ...] | Refusal) -> Refusal:
    """All that is wrong with what was given."""
    unknown = () if project else (_UNKNOWN_PROJECT,)
    return Refusal(INVALID_INPUT, errors=unknown + (teachers.errors if isinstance(teachers, Refusal) else ()))


def _facts(
    service: Service,
    body: NewClass,
    institution: Row,
    project: Row,
    terms: Terms,
    teachers: tuple[Teacher, ...],
    sessions: tuple[Session, ...],
    rooms: tuple[RoomFacts, ...] | None,
) -> ClassFacts:
    return ClassFacts(
        in_force=service.law.in_force,
        today=service.clock.today(),
        stage=project["stage"],
        project_retired=project["retired_on"] is not None,
        project_district=project["district"],
        district=institution["district"],
        organiser=InstitutionKind(institution["kind"]),
        qualified=terms.licence is not None,
        standard=terms.standard,
        parameters=parameters_or_none(service.law, body.starts_on),
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        capacity=body.capacity,
        room_square_decimetres=terms.room_square_decimetres,
        sessions=tuple(one.hours for one in sessions),
        instructors=tuple(facts_of(one, body.project_code) for one in teachers),
        rooms=rooms,
        online_sessions=tuple(one.hours for one in sessions if one.online),
    )


def _sessions(body: NewClass) -> tuple[Session, ...]:
    return tuple(
        Session(new_id(), one.room, Hours(one.starts_at, one.ends_at), online=one.online)
        for one in sorted(body.sessions, key=lambda one: one.starts_at)
    )


def _class(
    service: Service,
    body: NewClass,
    institution: Row,
    project: Row,
    terms: Terms,
    teachers: tuple[Teacher, ...],
    sessions: tuple[Session, ...],
) -> TrainingClass:
    assert terms.standard is not None, "no class is held without a standard"
    return TrainingClass(
        id=new_id(),
        institution_id=body.institution_id,
        institution=InstitutionRef(
            credit_code=institution["credit_code"],
            name=institution["name"],
            district=institution["district"],
        ),
        project=ProjectRef(code=project["code"], name=project["name"], stage=project["stage"]),
        standard_version=terms.standard.version,
        name=body.name,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        capacity=body.capacity,
        enrolled=0,
        waiting=0,
        state=State.FILED,
        filed_at=service.clock.now(),
        version=1,
        norm_version=terms.norm_version,
        licence=terms.licence,
        sessions=sessions,
        instructors=tuple(one.person for one in teachers),
    )


async def _insert(
    tx: Transaction, service: Service, principal: Principal, training_class: TrainingClass
) -> TrainingClass | Refusal:
    if found := await clashes.of_new_class(tx, training_class):
        return Refusal(CLASS_CLASH, findings=found)
    try:
        async with tx.savepoint():
            await repository.insert_new(tx, training_class, principal.subject)
    except asyncpg.ExclusionViolationError:
        # Another class took the room or the instructor since the clashes were looked up.
        return Refusal(CLASS_CLASH, findings=await clashes.of_new_class(tx, training_class))
    await emit(tx, training_class.filed(), training_class.filed_at)
    await record(
        tx,
        principal,
        at=training_class.filed_at,
        action="file_class",
        object_type="class",
        object_id=training_class.id,
        to_state=training_class.state,
        details={
            "district": training_class.institution.district,
            "standard": training_class.standard_version,
        },
    )
    return training_class
