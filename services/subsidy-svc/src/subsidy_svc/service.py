"""What one running subsidy-svc is made of."""

from dataclasses import dataclass

from chuangpei.auth import TokenVerifier
from chuangpei.bus.port import Bus
from chuangpei.database import Database
from chuangpei.documents import Documents
from chuangpei.kernel.clock import Clock
from chuangpei.passes import Passes
from chuangpei.ports.registry import Registry
from chuangpei.privacy import Privacy
from chuangpei.rate_limit import RateLimit
from fastapi import Request

from subsidy_svc.policy.parameters import LawBook
from subsidy_svc.ports.accounts import Accounts
from subsidy_svc.ports.files import Files
from subsidy_svc.ports.platform import Platform
from subsidy_svc.settings import Settings


@dataclass(frozen=True, slots=True)
class Service:
    """Settings, clock, database, bus, keys, the law, documents, links, files, and the systems of others.

    ``public`` counts what anybody may do without an account.
    """

    settings: Settings
    clock: Clock
    database: Database
    bus: Bus
    privacy: Privacy
    verifier: TokenVerifier
    law: LawBook
    documents: Documents
    explanation_links: Passes
    registry: Registry
    accounts: Accounts
    files: Files
    platform: Platform | None
    public: RateLimit


def of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service
