"""The map of subsidy-svc: what it is made of, what it serves, what it does in the background."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chuangpei.auth import TokenVerifier
from chuangpei.background import Job
from chuangpei.bus.port import Bus
from chuangpei.documents import Documents
from chuangpei.kernel.clock import Clock
from chuangpei.kernel.refusals import Text
from chuangpei.operations import operations_router
from chuangpei.passes import Passes
from chuangpei.ports.registry import HttpRegistry, Registry
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

from subsidy_svc.attachments.draft_routes import router as draft_attachments
from subsidy_svc.attachments.routes import router as attachments
from subsidy_svc.budgets.routes import router as budgets
from subsidy_svc.claims.decision_routes import router as review_decisions
from subsidy_svc.claims.routes import router as claims
from subsidy_svc.consumers import handlers
from subsidy_svc.decisions.routes import router as decisions
from subsidy_svc.drafts.routes import router as drafts
from subsidy_svc.eligibility_checks.routes import router as eligibility_checks
from subsidy_svc.explanations.pages import router as explanation_pages
from subsidy_svc.explanations.routes import router as explanations
from subsidy_svc.fault_findings.routes import router as fault_findings
from subsidy_svc.law.routes import router as law_in_force
from subsidy_svc.ledger.routes import router as ledger
from subsidy_svc.notices.pages import router as notice_pages
from subsidy_svc.notices.routes import router as notices
from subsidy_svc.objections.pages import router as objection_pages
from subsidy_svc.objections.public_routes import router as objecting
from subsidy_svc.objections.routes import router as objections
from subsidy_svc.pages import PAGES
from subsidy_svc.payments.finding_routes import router as line_findings
from subsidy_svc.payments.routes import router as payments
from subsidy_svc.platform_pushes.routes import router as platform_pushes
from subsidy_svc.policy.parameters import LawBook
from subsidy_svc.ports.accounts import Accounts, HttpAccounts
from subsidy_svc.ports.files import Files, StoredFiles
from subsidy_svc.ports.http_platform import HttpPlatform
from subsidy_svc.ports.platform import Platform
from subsidy_svc.proposals.routes import router as proposals
from subsidy_svc.reconciliations.routes import router as reconciliations
from subsidy_svc.recoveries.routes import router as recoveries
from subsidy_svc.registry_checks.routes import router as registry_checks
from subsidy_svc.review_queue.routes import router as review_queue
from subsidy_svc.risk_signs.routes import router as risk_signs
from subsidy_svc.service import Service
from subsidy_svc.settings import Settings
from subsidy_svc.supplements.routes import router as supplements
from subsidy_svc.timers import timers
from subsidy_svc.windows.routes import router as windows

NAME = "subsidy"
MIGRATIONS = Path(__file__).parents[2] / "migrations"
TITLE = Text("补贴服务", "Subsidy service")


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    bus: Bus | None = None,
    verifier: TokenVerifier | None = None,
    law: LawBook | None = None,
    registry: Registry | None = None,
    accounts: Accounts | None = None,
    files: Files | None = None,
    platform: Platform | None = None,
) -> Service:
    """The service of the settings; what is given takes the place of what the settings name."""
    timeout, privacy = settings.port_timeout_seconds, settings.privacy()
    clock = clock or clock_of(settings)
    return Service(
        settings=settings,
        clock=clock,
        database=database_of(settings, NAME),
        bus=bus or bus_of(settings),
        privacy=privacy,
        verifier=verifier or verifier_of(settings),
        law=law or LawBook.load(),
        documents=Documents(),
        explanation_links=Passes(privacy.at_rest, "subsidy.explanation.link"),
        registry=registry or HttpRegistry(settings.registry_url, timeout),
        accounts=accounts or HttpAccounts(settings.accounts_url, timeout),
        files=files or StoredFiles.of(settings),
        platform=platform or HttpPlatform.of(settings, clock),
        public=RateLimit(settings.objections_per_minute),
    )


def jobs(service: Service) -> list[Job]:
    """Relay, consumer and timers."""
    return background_of(
        service.settings,
        service.database,
        service.bus,
        name=NAME,
        handlers=handlers(service),
        timers=timers(service),
    )


def create_api(service: Service, *, with_work: bool = False) -> FastAPI:
    """The REST API; ``with_work`` runs the jobs in the same process, else another process does."""

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        work = jobs(service) if with_work else remote_wake_of(service.database)
        async with alive(service.database, service.bus, work):
            try:
                yield
            finally:
                await service.registry.close()
                await service.accounts.close()
                if service.platform is not None:
                    await service.platform.close()

    operations = operations_router(NAME, service.database, service.clock)
    return create_app(
        name=NAME,
        title=TITLE,
        description="创业培训补贴的申领、审核、公示与支付 · Claims, review, public notice and payment.",
        state=service,
        verifier=service.verifier,
        # The busiest first: routes are tried in order.
        routers=[
            claims,
            review_decisions,
            registry_checks,
            supplements,
            attachments,
            draft_attachments,
            drafts,
            review_queue,
            risk_signs,
            windows,
            notices,
            objecting,
            objections,
            notice_pages,
            objection_pages,
            payments,
            line_findings,
            recoveries,
            reconciliations,
            fault_findings,
            ledger,
            budgets,
            decisions,
            eligibility_checks,
            law_in_force,
            proposals,
            explanations,
            explanation_pages,
            PAGES.router(),
            platform_pushes,
            operations,
        ],
        is_ready=service.database.is_ready,
        lifespan=lifespan,
        max_body_bytes=service.settings.max_body_bytes,
    )
