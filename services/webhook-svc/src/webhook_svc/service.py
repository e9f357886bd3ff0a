"""What one running webhook-svc is made of."""

from dataclasses import dataclass, field

from chuangpei.auth import TokenVerifier
from chuangpei.bus.port import Bus
from chuangpei.database import Database
from chuangpei.kernel.clock import Clock
from chuangpei.privacy import Privacy
from chuangpei.rate_limit import RateLimit
from chuangpei.waking import Waking
from fastapi import Request

from webhook_svc.dispatch.egress import Egress
from webhook_svc.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that use cases are given; made by :func:`webhook_svc.app.assemble`.

    ``waking`` tells a dispatcher in this process that something is due; another one looks every
    ``poll_seconds``.
    """

    settings: Settings
    clock: Clock
    database: Database
    bus: Bus
    verifier: TokenVerifier
    privacy: Privacy
    egress: Egress
    requests: RateLimit
    waking: Waking = field(default_factory=Waking)


def of(request: Request) -> Service:
    """The service that answers this request."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service
