"""The map of cert-svc: what it is made of, what it serves, and what works in the background."""

from pathlib import Path

from chuangpei.auth import TokenVerifier
from chuangpei.background import Job
from chuangpei.bus.port import Bus
from chuangpei.documents import Documents
from chuangpei.kernel.clock import Clock
from chuangpei.kernel.refusals import Text
from chuangpei.operations import operations_router
from chuangpei.rate_limit import RateLimit
from chuangpei.service import (
    alive,
    background_of,
    bus_of,
    clock_of,
    database_of,
    remote_wake_of,
    verifier_of,
)
from chuangpei.web import create_app
from fastapi import FastAPI

from cert_svc.candidates.routes import router as candidates
from cert_svc.certificates import number, public
from cert_svc.certificates import routes as certificate_routes
from cert_svc.certificates.lists import router as certificate_lists
from cert_svc.confirmations.routes import router as confirmations
from cert_svc.consumers import handlers
from cert_svc.credentials import pages as check_page
from cert_svc.credentials.publication import StatusLists
from cert_svc.credentials.routes import router as credentials
from cert_svc.evaluation_bodies.routes import router as evaluation_bodies
from cert_svc.evaluations import routes as evaluation_routes
from cert_svc.evaluations.decision_routes import router as evaluation_decisions
from cert_svc.evaluators.routes import router as evaluators
from cert_svc.issuer import issuer_of
from cert_svc.policy.parameters import Law
from cert_svc.recheck_draws.routes import router as recheck_draws
from cert_svc.rechecks.routes import router as rechecks
from cert_svc.service import Service
from cert_svc.sessions.routes import router as sessions
from cert_svc.settings import Settings
from cert_svc.stock.ledger_routes import router as stock_ledger
from cert_svc.stock.routes import router as stock
from cert_svc.timers import timers

NAME = "cert"
MIGRATIONS = Path(__file__).parents[2] / "migrations"


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    bus: Bus | None = None,
    verifier: TokenVerifier | None = None,
    draw_number: number.Draw = number.draw,
) -> Service:
    """The service of these settings; nothing is connected yet. Raises ``BadKey`` for unfit signing keys."""
    clock, issuer = clock or clock_of(settings), issuer_of(settings)
    return Service(
        settings=settings,
        clock=clock,
        database=database_of(settings, NAME),
        bus=bus or bus_of(settings),
        privacy=settings.privacy(),
        verifier=verifier or verifier_of(settings),
        law=Law.load(),
        draw_number=draw_number,
        issuer=issuer,
        status_lists=StatusLists(issuer, clock),
        documents=Documents(),
        checks=RateLimit(settings.checks_per_minute),
    )


def create_api(service: Service, *, with_work: bool = False) -> FastAPI:
    """The HTTP face; ``with_work`` runs relay and consumer in this process too."""
    work = jobs(service) if with_work else remote_wake_of(service.database)
    return create_app(
        name=NAME,
        title=Text("证书服务", "Certificate service"),
        description="评分、复核、发证、核验、撤销 · Evaluations and training certificates.",
        state=service,
        verifier=service.verifier,
        routers=[
            certificate_lists,  # before the check, which would take "export" for a number
            public.router,  # then, since routes are tried in order and the public check is asked most
            credentials,
            check_page.router,
            check_page.PAGES.router(),
            evaluation_bodies,
            evaluators,
            evaluation_routes.router,
            evaluation_decisions,
            sessions,
            candidates,
            confirmations,
            recheck_draws,
            rechecks,
            certificate_routes.router,
            stock,
            stock_ledger,
            operations_router(NAME, service.database, service.clock),
        ],
        is_ready=service.database.is_ready,
        lifespan=lambda: alive(service.database, service.bus, work),
        max_body_bytes=service.settings.max_body_bytes,
    )


def jobs(service: Service) -> list[Job]:
    """Relay, consumer and the work on long jobs."""
    return background_of(
        service.settings,
        service.database,
        service.bus,
        name=NAME,
        handlers=handlers(service),
        timers=timers(service),
    )
