"""Who is named to teach a class, found in the pool of instructors (师资库, T10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from chuangpei.database import Transaction
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT

from training_svc.classes.schemas import NamedInstructor
from training_svc.instructors import repository as instructors
from training_svc.instructors.instructor import Instructor
from training_svc.instructors.lifecycle import State
from training_svc.persons import SealedPerson, birth_errors, clear_name, seal
from training_svc.policy.facts import InstructorFacts
from training_svc.service import Service

_NAMED_TWICE = Text("同一讲师重复", "The instructor is named twice")
_UNKNOWN = Text("师资库中没有此讲师", "There is no such instructor in the pool")
_NAME_DIFFERS = Text("姓名与师资库登记的不一致", "The name differs from the one in the pool")


@dataclass(frozen=True, slots=True)
class Teacher:
    """Somebody named to teach, and their entry in the pool; None where there is none."""

    person: SealedPerson
    member: Instructor | None


async def teachers_named(
    tx: Transaction, service: Service, named: Sequence[NamedInstructor]
) -> tuple[Teacher, ...] | Refusal:
    """Those named, by id or by real name; their entries stay as they are until the transaction ends.

    Whoever leaves the pool at the same time waits for the class, or the class for the exit (T10).
    """
    privacy = service.privacy
    sealed = [seal(privacy, one.name, one.id_number) if one.name and one.id_number else None for one in named]
    found = await instructors.members(
        tx,
        [one.person_key for one in sealed if one is not None],
        [one.instructor_id for one in named if one.instructor_id is not None],
    )
    by_id: dict[UUID | None, Instructor] = {one.id: one for one in found}
    by_key = {one.person.person_key: one for one in found}
    entries = [
        by_key.get(person.person_key) if person else by_id.get(one.instructor_id)
        for one, person in zip(named, sealed, strict=True)
    ]
    errors = tuple(_errors(service, named, entries))
    if errors:
        return Refusal(INVALID_INPUT, errors=errors)
    return tuple(
        Teacher(member.person if member else _given(person), member)
        for member, person in zip(entries, sealed, strict=True)
    )


async def teachers_of(tx: Transaction, people: Sequence[SealedPerson]) -> tuple[Teacher, ...]:
    """Those who teach a class already; their entries stay as they are until the transaction ends."""
    found = await instructors.members(tx, [one.person_key for one in people], [])
    by_key = {one.person.person_key: one for one in found}
    return tuple(Teacher(one, by_key.get(one.person_key)) for one in people)


def facts_of(teacher: Teacher, project_code: str) -> InstructorFacts:
    """How somebody stands in the pool, for the rules."""
    member = teacher.member
    return InstructorFacts(
        name=teacher.person.masked_name,
        state=member.state if member else None,
        active=member is not None and member.state is State.ACTIVE,
        appraisal_due_on=member.appraisal_due_on if member else None,
        entitled=member is not None and project_code in member.projects,
    )


def _errors(
    service: Service, named: Sequence[NamedInstructor], entries: Sequence[Instructor | None]
) -> Iterator[FieldError]:
    seen: set[object] = set()
    for number, (one, member) in enumerate(zip(named, entries, strict=True)):
        place = f"/instructors/{number}"
        pointer = f"{place}/id_number" if one.id_number else f"{place}/instructor_id"
        who = member.id if member else one.id_number or one.instructor_id
        if who in seen:
            yield FieldError(pointer, "named_twice", _NAMED_TWICE)
        seen.add(who)
        if one.id_number is not None:
            yield from birth_errors(one.id_number, pointer, service.clock.today())
        if one.instructor_id is not None and member is None:
            yield FieldError(pointer, "unknown_instructor", _UNKNOWN)
        if one.name is not None and member and clear_name(service.privacy, member.person) != one.name:
            yield FieldError(f"{place}/name", "name_differs", _NAME_DIFFERS)


def _given(person: SealedPerson | None) -> SealedPerson:
    assert person is not None, "who is named by id is in the pool"
    return person
