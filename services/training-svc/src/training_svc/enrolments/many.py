"""Enrolling many at once (T02, T06): the rules of one enrolment, a handful of statements for all."""

from collections.abc import Mapping, Sequence
from datetime import date

from chuangpei.audit import record_all
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal

from training_svc.classes import repository as classes
from training_svc.classes import timetable
from training_svc.classes.training_class import TrainingClass
from training_svc.enrolments import hours, repository
from training_svc.enrolments.enrolment import Enrolment
from training_svc.enrolments.schemas import NewEnrolment
from training_svc.enrolments.use_cases import decided, new_enrolment
from training_svc.enterprises import repository as enterprises
from training_svc.problems import ALREADY_ENROLLED, ENROLMENT_REFUSED, TRAINEE_CLASH
from training_svc.service import Service

Refusals = tuple[Refusal, ...]


async def refusals(
    tx: Transaction, training_class: TrainingClass, person_keys: Sequence[str], today: date
) -> Mapping[str, Refusals]:
    """For each of the people everything that keeps them out of the class on the civil day ``today``."""
    teaching = await timetable.teaching_among(tx, training_class.id, person_keys)
    enrolled = await repository.enrolled_of(tx, training_class.id, person_keys)
    clashing = await hours.clashing_among(tx, training_class.id, person_keys)
    found: dict[str, Refusals] = {}
    for key in person_keys:
        by_rule = decided(training_class, today, teaches=key in teaching).refusal(ENROLMENT_REFUSED)
        reasons = (
            by_rule,
            Refusal(ALREADY_ENROLLED) if key in enrolled else None,
            Refusal(TRAINEE_CLASH) if key in clashing else None,
        )
        found[key] = tuple(one for one in reasons if one)
    return found


async def enrol_all(
    tx: Transaction,
    service: Service,
    principal: Principal,
    training_class: TrainingClass,
    bodies: Sequence[NewEnrolment],
) -> list[Enrolment | Refusals]:
    """Enrols different people in a locked class, in their order; for each the enrolment or why there is none.

    Whoever finds no place free waits for one (T02). Raises :class:`asyncpg.ExclusionViolationError` where
    one of them takes a place in another class at the same hours just then; tried again, that is a refusal.
    """
    people = [new_enrolment(service, training_class, body, None) for body in bodies]
    keys = [one.person.person_key for one in people]
    kept_out = await refusals(tx, training_class, keys, service.clock.today())
    entering = [one for one in people if not kept_out[one.person.person_key]]
    for one in entering:
        one.enter(admitted=training_class.admit())
    await repository.insert_all(tx, entering, principal.subject)
    snapshots = {one.id: one.enterprise for one in entering if one.enterprise}
    await enterprises.insert_all(tx, snapshots, service.clock.now())
    if entering:  # a cancelled class takes nobody, and its row stays as it is
        await classes.save(tx, training_class)
    await record_all(
        tx,
        principal,
        at=service.clock.now(),
        action="enrol",
        object_type="enrolment",
        to_states={one.id: one.state for one in entering},
        details={"class": str(training_class.id)},
    )
    return [kept_out[one.person.person_key] or one for one in people]
