"""Asking the business registry of a trainee's firm: at enrolment, or later where it was away (D02, T03)."""

from datetime import timedelta

from chuangpei.database import Row
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Refusal

from training_svc.enterprises import repository
from training_svc.enterprises.snapshot import Snapshot
from training_svc.persons import open_id_number
from training_svc.service import Service

_AGAIN_AFTER = timedelta(minutes=5)
_AT_ONCE = 20


async def snapshot_of(service: Service, credit_code: str | None, id_number: str) -> Snapshot | None:
    """The firm as the registry tells it today; pending while it is away. Asked before any transaction."""
    if credit_code is None:
        return None
    asked = Snapshot(credit_code, service.clock.today())
    answer = await service.registry.relation(credit_code, id_number, asked.as_of)
    return asked if isinstance(answer, Refusal) else asked.told(answer)


async def fill_due(service: Service) -> int:
    """Asks again for snapshots that are pending, as of the day of each enrolment; returns how many were told.

    They are taken first and written afterwards, so that no transaction is open while the registry is asked;
    what a crash leaves between is due again in five minutes.
    """
    now = service.clock.now()
    async with service.database.transaction() as tx:
        due = await repository.take_due(tx, now, now + _AGAIN_AFTER, _AT_ONCE)
    filled = 0
    for row in due:
        id_number = open_id_number(service.privacy, row["id_number_encrypted"])
        answer = await service.registry.relation(row["credit_code"], id_number, row["as_of"])
        if isinstance(answer, Refusal):
            break  # it is away: the others wait as well
        filled += await _fill(service, row, answer)
    return filled


async def _fill(service: Service, row: Row, answer: Enterprise | None) -> bool:
    told = Snapshot(row["credit_code"], row["as_of"]).told(answer)
    async with service.database.transaction() as tx:
        return await repository.fill(tx, row["enrolment_id"], told)
