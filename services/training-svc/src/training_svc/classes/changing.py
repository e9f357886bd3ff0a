"""How every change of a filed class begins and ends: locked and judged first, kept and told last (T06)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from training_svc.classes import repository, timetable
from training_svc.classes.lifecycle import State
from training_svc.classes.rooms import rooms_of
from training_svc.classes.teachers import Teacher, facts_of, teachers_of
from training_svc.classes.terms import terms_of
from training_svc.classes.training_class import Session, TrainingClass
from training_svc.institutions import repository as institutions
from training_svc.policy.decision import Decision, decide
from training_svc.policy.facts import ClassFacts
from training_svc.policy.organisers import InstitutionKind
from training_svc.policy.parameters import parameters_or_none
from training_svc.policy.rules import CHANGED_CLASS_RULES, TEACHING_RULES
from training_svc.projects import repository as projects
from training_svc.service import Service
from training_svc.standards import repository as standards
from training_svc.visibility import EVERYTHING, scope_of

Described = Mapping[str, Any]


async def begin(
    tx: Transaction, principal: Principal, class_id: UUID, version: int, state: State = State.FILED
) -> TrainingClass | Refusal:
    """The class as it stands, locked, with its sessions and instructors; refused in another state."""
    found = await repository.locked(tx, class_id, scope_of(principal))
    if found is None:
        return Refusal(NOT_FOUND)
    if found.version != version:
        return Refusal(PRECONDITION_FAILED)
    if found.state is not state:
        return Refusal(NOT_ALLOWED_NOW)
    return await timetable.completed(tx, found)


async def judged(
    tx: Transaction,
    service: Service,
    wished: TrainingClass,
    named: Sequence[Teacher] | None = None,
) -> Decision:
    """What the rules find about the class as it is to be (T05, T06, O06) and who is newly named (T10)."""
    institution = await institutions.one(tx, wished.institution_id, EVERYTHING)
    project = await projects.one(tx, wished.project.code)
    assert institution is not None, "a class has its institution"
    assert project is not None, "a class has its project"
    terms = await terms_of(tx, wished.institution_id, project, wished.starts_on)
    teachers = await teachers_of(tx, wished.instructors) if named is None else named
    held, now = wished.held_sessions, service.clock.now()
    to_come = [one for one in held if one.hours.starts_at > now]
    facts = ClassFacts(
        in_force=service.law.in_force,
        today=service.clock.today(),
        stage=wished.project.stage,
        project_retired=project["retired_on"] is not None,
        project_district=project["district"],
        district=wished.institution.district,
        organiser=InstitutionKind(institution["kind"]),
        qualified=terms.licence is not None,
        standard=await standards.cited(tx, wished.project.code, wished.standard_version),
        parameters=parameters_or_none(service.law, wished.starts_on),
        starts_on=wished.starts_on,
        ends_on=wished.ends_on,
        capacity=wished.capacity,
        room_square_decimetres=terms.room_square_decimetres,
        sessions=tuple(one.hours for one in held),
        instructors=tuple(facts_of(one, wished.project.code) for one in teachers),
        rooms=await rooms_of(tx, wished.institution_id, to_come),
        online_sessions=tuple(one.hours for one in held if one.online),
    )
    return decide(CHANGED_CLASS_RULES if named is None else CHANGED_CLASS_RULES + TEACHING_RULES, facts)


async def finish(
    tx: Transaction,
    service: Service,
    principal: Principal,
    changed: TrainingClass,
    before: Described,
    reason: str,
) -> TrainingClass | Refusal:
    """Keeps the change with its history and tells the other services; refused where nothing is different."""
    after, now = described(changed), service.clock.now()
    changed.version += 1
    await repository.save(tx, changed)
    if not await amended(
        tx,
        principal,
        at=now,
        object_type="class",
        object_id=changed.id,
        reason=reason,
        before=before,
        after=after,
    ):
        return Refusal(NOTHING_AMENDED)
    fields = tuple(name for name, value in after.items() if before[name] != value)
    await emit(tx, changed.changed(fields, reason), now)
    return changed


def described(one: TrainingClass) -> Described:
    """What may change of a class, as its history keeps it: no clear personal data."""
    return {
        "name": one.name,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "capacity": one.capacity,
        "instructors": sorted(
            f"{person.masked_name} {person.masked_id_number}" for person in one.instructors
        ),
        **{name_of(session): _session(session) for session in one.sessions},
    }


def name_of(session: Session) -> str:
    """The name under which the history keeps a session."""
    return f"sessions/{session.id}"


def _session(one: Session) -> Described:
    return {
        "starts_at": one.hours.starts_at.isoformat(),
        "ends_at": one.hours.ends_at.isoformat(),
        "room": one.room,
        "online": one.online,
        "cancelled": one.cancelled_at is not None,
    }
