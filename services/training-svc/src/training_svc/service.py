"""What every route and use case of the service may reach."""

from dataclasses import dataclass

from chuangpei.auth import TokenVerifier
from chuangpei.bus.port import Bus
from chuangpei.database import Database
from chuangpei.documents import Documents
from chuangpei.kernel.clock import Clock
from chuangpei.kernel.dated import ParameterBook
from chuangpei.passes import Passes
from chuangpei.ports.registry import Registry
from chuangpei.privacy import Privacy
from fastapi import Request

from training_svc.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """The running service: settings, clock, database, bus, keys, law, codes, documents, the registry."""

    settings: Settings
    clock: Clock
    database: Database
    bus: Bus
    privacy: Privacy
    verifier: TokenVerifier
    law: ParameterBook
    codes: Passes
    documents: Documents
    registry: Registry


def of(request: Request) -> Service:
    """The service that answers this request."""
    service: Service = request.app.state.service
    return service
