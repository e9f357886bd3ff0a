"""What time alone makes due in webhook-svc."""

from collections.abc import Sequence
from datetime import timedelta

from chuangpei.background import Timer

from webhook_svc.dispatch import repository
from webhook_svc.service import Service


def timers(service: Service) -> Sequence[Timer]:
    """The answers of receivers are forgotten after a set time: they may hold what is none of our business."""

    async def scrub() -> int:
        before = service.clock.now() - timedelta(days=service.settings.answers_kept_days)
        async with service.database.transaction() as tx:
            return await repository.scrub(tx, before)

    return (Timer("scrubbing of answers", scrub, service.settings.timer_seconds),)
