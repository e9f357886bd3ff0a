"""What time makes due. No brand ends by time (D08)."""

from collections.abc import Awaitable, Callable, Mapping

from chuangpei.background import Timer
from chuangpei.database import Transaction

from brand_svc.exit_cases import decisions
from brand_svc.rounds.use_cases import tell_overdue
from brand_svc.service import Service

DUE: Mapping[str, Callable[[Transaction, Service], Awaitable[int]]] = {
    "tell what is overdue in the round": tell_overdue,  # B05
    "tell of overdue exit cases": decisions.tell_overdue,  # B11
}
"""Each takes what is due in one transaction and answers how much that was."""


def timers(service: Service) -> list[Timer]:
    """What is due by time."""
    seconds = service.settings.timer_seconds
    return [Timer(name, _in_transaction(service, act), seconds) for name, act in DUE.items()]


def _in_transaction(
    service: Service, act: Callable[[Transaction, Service], Awaitable[int]]
) -> Callable[[], Awaitable[int]]:
    async def run() -> int:
        async with service.database.transaction() as tx:
            return await act(tx, service)

    return run
