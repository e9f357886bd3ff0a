"""What is worked on in the background."""

from chuangpei.background import Timer

from cert_svc.confirmations.work import work_on_confirmations
from cert_svc.service import Service


def timers(service: Service) -> list[Timer]:
    """The work that has transactions of its own: confirmation jobs (C02, C04)."""
    seconds = service.settings.timer_seconds
    return [Timer("confirm evaluations", lambda: work_on_confirmations(service), seconds)]
