"""The waiting list of a class (候补名单): a free place goes to the first in line (T02, T04)."""

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.outbox import emit

from training_svc.classes.training_class import TrainingClass
from training_svc.enrolments import repository
from training_svc.enrolments.lifecycle import State
from training_svc.service import Service


async def move_up(
    tx: Transaction, service: Service, principal: Principal, training_class: TrainingClass
) -> None:
    """Gives the free places of a locked class to those who are first in line, and tells each of them.

    In the transaction that freed them: nobody waits beside a free place. The caller saves the class.
    """
    most = min(training_class.free_places, training_class.waiting)
    if most <= 0:
        return
    now = service.clock.now()
    for enrolment in await repository.first_waiting(tx, training_class.id, most):
        enrolment.promote(now)
        training_class.move_up()
        await repository.save(tx, enrolment)
        await emit(tx, enrolment.promoted(training_class, service.privacy), now)
        await record(
            tx,
            principal,
            at=now,
            action="promote",
            object_type="enrolment",
            object_id=enrolment.id,
            from_state=State.WAITING,
            to_state=enrolment.state,
            details={"class": str(training_class.id)},
        )
