"""What time makes due, and what is worked on in the background."""

from chuangpei.background import Timer

from training_svc.instructors.use_cases import tell_due
from training_svc.rosters.work import work_on_rosters
from training_svc.service import Service


def timers(service: Service) -> list[Timer]:
    """Appraisals of instructors that are due (T10), and the stretches of roster imports (T06)."""

    async def tell_appraisals() -> int:
        async with service.database.transaction() as tx:
            return await tell_due(tx, service)

    seconds = service.settings.timer_seconds
    return [
        Timer("tell appraisals that are due", tell_appraisals, seconds),
        Timer("import rosters", lambda: work_on_rosters(service), seconds),
    ]
