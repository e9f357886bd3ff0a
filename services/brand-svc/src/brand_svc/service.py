"""What one running brand-svc is made of."""

from dataclasses import dataclass

from chuangpei.auth import TokenVerifier
from chuangpei.bus.port import Bus
from chuangpei.database import Database
from chuangpei.documents import Documents
from chuangpei.kernel.clock import Clock
from chuangpei.kernel.dated import ParameterBook
from chuangpei.privacy import Privacy
from chuangpei.rate_limit import RateLimit
from fastapi import Request

from brand_svc.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that use cases are given; made by :func:`brand_svc.app.assemble`."""

    settings: Settings
    clock: Clock
    database: Database
    bus: Bus
    verifier: TokenVerifier
    law: ParameterBook
    privacy: Privacy
    documents: Documents
    reporting: RateLimit


def of(request: Request) -> Service:
    """The service that answers this request."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service
