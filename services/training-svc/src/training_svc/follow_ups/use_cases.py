"""What is done with follow-ups: begin, record openings, closings, checks and services, remind."""

from collections.abc import Sequence
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import InstitutionRef
from chuangpei.events.training import FollowUpDue, FollowUpRecorded
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.classes.training_class import TrainingClass
from training_svc.enrolments.enrolment import Enrolment
from training_svc.follow_ups import repository
from training_svc.follow_ups.follow_up import Business, ReceivedService, begun
from training_svc.follow_ups.lifecycle import State
from training_svc.follow_ups.repository import Found
from training_svc.follow_ups.schemas import CheckAnswer, Closing, NewBusiness, NewService, is_valid
from training_svc.policy.follow_up import FollowUpParameters, ServiceKind, follow_up_parameters
from training_svc.service import Service
from training_svc.visibility import scope_of

_AT_A_TIME = 200
_IN_THE_FUTURE = FieldError(
    "/provided_on", "in_the_future", Text("服务日期不得晚于今天", "The service lies in the future")
)


async def follow_up(
    tx: Transaction, service: Service, training_class: TrainingClass, completed: Sequence[Enrolment]
) -> None:
    """Begins to follow up who completes, in the transaction of the completion (T11).

    Whose completion was revoked and is restored is followed up as before.
    """
    parameters = follow_up_parameters(service.law, training_class.starts_on)
    began = [begun(training_class, one, parameters) for one in completed]
    await repository.insert_new(tx, began)


async def open_business(
    tx: Transaction,
    service: Service,
    principal: Principal,
    follow_up_id: UUID,
    version: int,
    body: NewBusiness,
) -> Refusal | None:
    """The trainee opened a business, or started again after one that closed (T11, O14)."""
    found = await changeable(tx, principal, follow_up_id, version)
    if isinstance(found, Refusal):
        return found
    before, follow_up = found.follow_up.state, found.follow_up
    business = Business(new_id(), 1, **body.model_dump(), code_valid=is_valid(body.credit_code))
    parameters, today = parameters_of(service, found), service.clock.today()
    if refusal := follow_up.open_business(business, parameters, today, principal.subject):
        return refusal
    await saved(tx, service, found)
    await _record(tx, service, principal, found, "open_business", before)
    return None


async def close_business(
    tx: Transaction, service: Service, principal: Principal, follow_up_id: UUID, version: int, body: Closing
) -> Refusal | None:
    """The business closed; help to start again may be asked for (T11, O14)."""
    found = await changeable(tx, principal, follow_up_id, version)
    if isinstance(found, Refusal):
        return found
    before, today = found.follow_up.state, service.clock.today()
    refusal = found.follow_up.close_business(
        body.closed_on, body.reason, body.wants_help, today, principal.subject
    )
    if refusal:
        return refusal
    await saved(tx, service, found)
    await _record(tx, service, principal, found, "close_business", before, body.reason)
    return None


async def record_check(
    tx: Transaction,
    service: Service,
    principal: Principal,
    follow_up_id: UUID,
    check_id: UUID,
    version: int,
    body: CheckAnswer,
) -> Refusal | None:
    """The business still trades, or none has been opened half a year on (T11, S12)."""
    found = await changeable(tx, principal, follow_up_id, version)
    if isinstance(found, Refusal):
        return found
    check = found.follow_up.check(check_id)
    if check is None:
        return Refusal(NOT_FOUND)
    early, today = parameters_of(service, found).days_early, service.clock.today()
    by, before = principal.subject, found.follow_up.state
    if refusal := found.follow_up.record_check(check, body.jobs, body.note, early, today, by):
        return refusal
    await saved(tx, service, found)
    await _record(tx, service, principal, found, "record_check", before)
    return None


async def add_service(
    tx: Transaction, service: Service, principal: Principal, follow_up_id: UUID, body: NewService
) -> ReceivedService | Refusal:
    """Records a service received; one that helps to start again answers the wish for it (T11, O14)."""
    found = await repository.load_for_update(tx, follow_up_id, scope_of(principal))
    if found is None:
        return Refusal(NOT_FOUND)
    if body.provided_on > service.clock.today():
        return Refusal(INVALID_INPUT, errors=(_IN_THE_FUTURE,))
    received = ReceivedService(new_id(), **body.model_dump())
    await repository.insert_service(tx, follow_up_id, received, service.clock.now(), principal.subject)
    follow_up = found.follow_up
    follow_up.help_wanted = follow_up.help_wanted and body.kind is not ServiceKind.RESTART
    follow_up.version += 1
    await repository.save(tx, found)
    await _record(tx, service, principal, found, "add_service", follow_up.state)
    return received


async def remind(tx: Transaction, service: Service) -> int:
    """Tells once of each check that has become due; returns how many (T11)."""
    now = service.clock.now()
    rows = await repository.take_due(tx, service.clock.today(), now, _AT_A_TIME)
    await emit(tx, [_due(row) for row in rows], now)
    return len(rows)


async def changeable(
    tx: Transaction, principal: Principal, follow_up_id: UUID, version: int
) -> Found | Refusal:
    """A follow-up that one sees, locked, as it was read last."""
    found = await repository.load_for_update(tx, follow_up_id, scope_of(principal))
    if found is None:
        return Refusal(NOT_FOUND)
    if found.follow_up.version != version:
        return Refusal(PRECONDITION_FAILED)
    return found


async def saved(tx: Transaction, service: Service, found: Found) -> None:
    """Stores a changed follow-up and tells how its business stands (T11)."""
    await repository.save(tx, found)
    business = found.follow_up.business
    told = FollowUpRecorded(
        follow_up_id=found.follow_up.id,
        enrolment_id=found.enrolment_id,
        institution=InstitutionRef(
            credit_code=found.credit_code, name=found.institution_name, district=found.district
        ),
        opened_on=business.opened_on if business else None,
        closed_on=business.closed_on if business else None,
        jobs=business.jobs if business else 0,
        recorded_on=service.clock.today(),
    )
    await emit(tx, told, service.clock.now())


def parameters_of(service: Service, found: Found) -> FollowUpParameters:
    """The law of a class is the law of its first day, for what follows it too."""
    return follow_up_parameters(service.law, found.class_starts_on)


def _due(row: Row) -> FollowUpDue:
    return FollowUpDue(
        follow_up_id=row["follow_up_id"],
        check_id=row["id"],
        enrolment_id=row["enrolment_id"],
        institution=InstitutionRef(
            credit_code=row["credit_code"], name=row["institution_name"], district=row["district"]
        ),
        kind=row["kind"],
        months=row["months"],
        due_on=row["due_on"],
    )


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    found: Found,
    action: str,
    before: State,
    reason: str | None = None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="follow_up",
        object_id=found.follow_up.id,
        from_state=before,
        to_state=found.follow_up.state,
        reason=reason,
    )
