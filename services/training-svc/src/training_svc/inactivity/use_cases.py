"""What time makes due about institutions: telling that one has held no class for long (T08, ground X4)."""

from datetime import date

from chuangpei.database import Row, Transaction
from chuangpei.events.training import InstitutionInactive
from chuangpei.kernel.dates import add_months
from chuangpei.outbox import emit

from training_svc.inactivity import repository
from training_svc.policy.parameters import parameters_on
from training_svc.service import Service

_BATCH = 200


async def tell_inactive(tx: Transaction, service: Service) -> int:
    """Tells of institutions without a class for the months of the law, each once; returns how many.

    One that holds a class again and stops again is told again, and one whose site or full-time teachers come
    or go meanwhile (X4). Outside the dates of the law nobody is told.
    """
    today = service.clock.today()
    if not service.law.in_force.covers(today):
        return 0
    before = add_months(today, -parameters_on(service.law, today).inactive_after_months)
    rows = await repository.due(tx, before, today, _BATCH)
    await repository.mark_told(tx, rows)
    await emit(tx, [_inactive(row, today) for row in rows], service.clock.now())
    return len(rows)


def _inactive(row: Row, today: date) -> InstitutionInactive:
    return InstitutionInactive(
        credit_code=row["credit_code"],
        institution_id=row["id"],
        district=row["district"],
        last_class_ended_on=row["last_class_ended_on"],
        inactive_since=row["since"],
        has_site=row["has_site"],
        full_time_instructors=row["full_time_instructors"],
        told_on=today,
    )
