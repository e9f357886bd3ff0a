"""What time makes due, and what is worked on in the background."""

from collections.abc import Awaitable, Callable, Mapping

from chuangpei.background import Timer
from chuangpei.database import Transaction

from training_svc.anomalies.sweep import sweep
from training_svc.enterprises.use_cases import fill_due
from training_svc.exits.use_cases import take_effect
from training_svc.feedback.use_cases import ask_due, close_due
from training_svc.follow_ups.use_cases import remind
from training_svc.inactivity.use_cases import tell_inactive
from training_svc.inspections.use_cases import tell_overdue
from training_svc.instructors.use_cases import tell_due
from training_svc.qualifications.use_cases import expire_due
from training_svc.rosters.work import work_on_rosters
from training_svc.service import Service

DUE: Mapping[str, Callable[[Transaction, Service], Awaitable[int]]] = {
    "tell appraisals that are due": tell_due,  # T10
    "let exits take effect": take_effect,  # T10
    "expire qualifications": expire_due,  # T07
    "remind of follow-ups due": remind,  # T11
    "tell rectifications that are overdue": tell_overdue,  # C05
    "ask for feedback": ask_due,  # T06
    "close feedback": close_due,  # T06
    "sweep the attendance for anomalies": sweep,  # T06
    "tell of inactive institutions": tell_inactive,  # T08
}
"""Each takes what is due in one transaction and answers how much that was."""


def timers(service: Service) -> list[Timer]:
    """What is due by time, and the work that has transactions of its own: rosters (T06), firms (D02)."""
    seconds = service.settings.timer_seconds
    return [
        *(Timer(name, _in_transaction(service, act), seconds) for name, act in DUE.items()),
        Timer("import rosters", lambda: work_on_rosters(service), seconds),
        Timer("fill snapshots of firms", lambda: fill_due(service), seconds),
    ]


def _in_transaction(
    service: Service, act: Callable[[Transaction, Service], Awaitable[int]]
) -> Callable[[], Awaitable[int]]:
    async def run() -> int:
        async with service.database.transaction() as tx:
            return await act(tx, service)

    return run
