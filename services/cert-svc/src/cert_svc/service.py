"""What the use cases and routes of one running service hold in their hands."""

from dataclasses import dataclass

from chuangpei.auth import TokenVerifier
from chuangpei.bus.port import Bus
from chuangpei.database import Database
from chuangpei.documents import Documents
from chuangpei.kernel.clock import Clock
from chuangpei.privacy import Privacy
from chuangpei.rate_limit import RateLimit
from fastapi import Request

from cert_svc.certificates.number import Draw
from cert_svc.credentials.publication import StatusLists
from cert_svc.issuer import Issuer
from cert_svc.policy.parameters import Law
from cert_svc.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """What one running service has: settings, connections, and who draws, signs, renders and counts."""

    settings: Settings
    clock: Clock
    database: Database
    bus: Bus
    privacy: Privacy
    verifier: TokenVerifier
    law: Law
    draw_number: Draw
    issuer: Issuer
    status_lists: StatusLists
    documents: Documents
    checks: RateLimit


def of(request: Request) -> Service:
    """The service that answers this request."""
    service: Service = request.app.state.service
    return service
