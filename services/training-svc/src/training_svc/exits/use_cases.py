"""What is done with exits: give notice, withdraw; the timer lets them take effect (T10).

The instructor's row is locked before an exit is read or changed, so both always tell the same.
"""

from datetime import date, timedelta
from uuid import UUID

from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from training_svc.exits import repository
from training_svc.exits.instructor_exit import InstructorExit
from training_svc.exits.lifecycle import State
from training_svc.exits.schemas import NewExit
from training_svc.instructors import repository as instructors
from training_svc.instructors.instructor import Instructor
from training_svc.instructors.use_cases import changeable, keep_record
from training_svc.law import numbers_on
from training_svc.policy.decision import decide
from training_svc.policy.instructors import NOTICE_RULES, ExitGround, NoticeFacts
from training_svc.policy.parameters import Parameters
from training_svc.problems import INSTRUCTOR_REFUSED
from training_svc.service import Service
from training_svc.visibility import EVERYTHING, scope_of

_BY_THE_APPRAISAL = Text(
    "考核不合格的退出须更正考核结果", "An exit for a failed appraisal is undone by amending the appraisal"
)


async def give_notice(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor_id: UUID,
    version: int,
    body: NewExit,
) -> InstructorExit | Refusal:
    """The city centre gives notice of exit (退出通知), saying why (T10)."""
    instructor = await changeable(tx, principal, instructor_id, version)
    if isinstance(instructor, Refusal):
        return instructor
    numbers = numbers_on(service, service.clock.today())
    if isinstance(numbers, Refusal):
        return numbers
    facts = _facts(instructor, body.ground, numbers, service.clock.today())
    if refusal := decide(NOTICE_RULES, facts).refusal(INSTRUCTOR_REFUSED):
        return refusal
    return await notify(tx, service, principal, instructor, body.ground, body.reason, numbers)


async def notify(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor: Instructor,
    ground: ExitGround,
    reason: str,
    numbers: Parameters,
    appraisal_id: UUID | None = None,
) -> InstructorExit | Refusal:
    """Gives a locked instructor notice: no new class from now on, out of the pool when it is over."""
    today = service.clock.today()
    before = instructor.state_on(today)
    if refusal := instructor.give_notice(today, ground, numbers, reason):
        return refusal
    one = InstructorExit.of(
        instructor, ground, reason, appraisal_id=appraisal_id, today=today, by=principal.subject
    )
    await instructors.save(tx, instructor)
    await repository.insert_new(tx, one)
    await keep_record(tx, service, principal, instructor, "give_notice_of_exit", before)
    return one


async def withdraw(
    tx: Transaction, service: Service, principal: Principal, exit_id: UUID, version: int, reason: str
) -> InstructorExit | Refusal:
    """The city centre withdraws an exit whose reason does not hold (撤回退出, T10)."""
    row = await repository.one(tx, exit_id, scope_of(principal))
    if row is None:
        return Refusal(NOT_FOUND)
    instructor = await instructors.load_for_update(tx, row["instructor_id"], EVERYTHING)
    row = await repository.one(tx, exit_id, EVERYTHING)
    assert instructor is not None, "an exit has its instructor"
    assert row is not None, "an exit is never deleted"
    one = repository.exit_of(row)
    if one.version != version:
        return Refusal(PRECONDITION_FAILED)
    if one.ground is ExitGround.FAILED_APPRAISAL:
        return Refusal(NOT_ALLOWED_NOW, detail=_BY_THE_APPRAISAL)
    if instructor.exits_on != one.takes_effect_on:  # long over: the person has applied anew since
        return Refusal(NOT_ALLOWED_NOW)
    return await undo(tx, service, principal, instructor, one, reason) or one


async def undo(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor: Instructor,
    one: InstructorExit,
    reason: str,
    next_appraisal_on: date | None = None,
) -> Refusal | None:
    """Takes an exit back and the locked instructor into the pool; who heard of the exit hears of it."""
    before, told, today = instructor.state, one.state is State.EFFECTIVE, service.clock.today()
    refusal = one.withdraw(today, reason) or instructor.reinstate(reason, next_appraisal_on)
    if refusal:
        return refusal
    await repository.save(tx, one)
    await instructors.save(tx, instructor)
    if told:
        await emit(tx, instructor.reinstated(today), service.clock.now())
    await keep_record(tx, service, principal, instructor, "withdraw_exit", before)
    return None


async def take_effect(tx: Transaction, service: Service, most: int = 500) -> int:
    """Lets each exit whose notice is over take effect, and tells so once (T10); returns how many."""
    now = service.clock.now()
    over = await repository.whose_notice_is_over(tx, service.clock.today(), most)
    for instructor_id in over:
        instructor = await instructors.load_for_update(tx, instructor_id, EVERYTHING)
        one = await repository.standing(tx, instructor_id)
        assert instructor is not None, "it was locked a moment ago"
        assert one is not None, "who has notice has an exit"
        before = instructor.state
        refusal = instructor.leave() or one.take_effect()
        assert refusal is None, "a notice that is over takes effect"
        await instructors.save(tx, instructor)
        await repository.save(tx, one)
        await emit(tx, instructor.exited(one.ground), now)
        await keep_record(tx, service, SYSTEM, instructor, "exit_takes_effect", before)
    return len(over)


def _facts(instructor: Instructor, ground: ExitGround, numbers: Parameters, today: date) -> NoticeFacts:
    due_on, grace = instructor.appraisal_due_on, timedelta(days=numbers.appraisal_grace_days)
    return NoticeFacts(ground, due_on + grace if due_on else None, today)
