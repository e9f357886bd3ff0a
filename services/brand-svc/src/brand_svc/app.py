"""The map of brand-svc: what it is made of, what it serves, what it does in the background."""

from contextlib import AbstractAsyncContextManager
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

from brand_svc.applications.routes import router as applications
from brand_svc.assessments.routes import router as assessments
from brand_svc.assessors.routes import router as assessors
from brand_svc.assignments.routes import router as assignments
from brand_svc.brands import pages as brand_pages
from brand_svc.brands.routes import router as brands
from brand_svc.consumers import handlers
from brand_svc.exit_cases.inspection_routes import router as inspections
from brand_svc.exit_cases.own_routes import router as own_exit_cases
from brand_svc.exit_cases.routes import router as exit_cases
from brand_svc.indicators.routes import router as indicators
from brand_svc.institutions.routes import router as institutions
from brand_svc.policy.parameters import load_book
from brand_svc.rankings.routes import router as rankings
from brand_svc.reports.routes import router as reports
from brand_svc.risk.routes import router as risk
from brand_svc.rounds.routes import router as rounds
from brand_svc.rubrics.routes import router as rubrics
from brand_svc.scorings.routes import router as scorings
from brand_svc.service import Service
from brand_svc.settings import Settings
from brand_svc.signals.routes import router as signals
from brand_svc.timers import timers

NAME = "brand"
MIGRATIONS = Path(__file__).parents[2] / "migrations"


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    bus: Bus | None = None,
    verifier: TokenVerifier | None = None,
) -> Service:
    """The parts of one brand-svc; nothing is connected yet."""
    return Service(
        settings=settings,
        clock=clock or clock_of(settings),
        database=database_of(settings, NAME),
        bus=bus or bus_of(settings),
        verifier=verifier or verifier_of(settings),
        law=load_book(),
        privacy=settings.privacy(),
        documents=Documents(),
        reporting=RateLimit(settings.reports_per_minute),
    )


def create_api(service: Service, *, with_work: bool = False) -> FastAPI:
    """The API process; ``with_work`` lets it relay and consume as well."""

    def lifespan() -> AbstractAsyncContextManager[None]:
        work = jobs(service) if with_work else remote_wake_of(service.database)
        return alive(service.database, service.bus, work)

    return create_app(
        name=NAME,
        title=Text("品牌服务", "Brand service"),
        description="培训优质品牌的遴选、名单与退出 · Rounds, lists and exits of quality training brands",
        state=service,
        verifier=service.verifier,
        routers=[
            rounds,
            rubrics,
            applications,
            assessments,
            brands,
            brand_pages.PAGES.router(),
            brand_pages.router,
            exit_cases,
            own_exit_cases,
            inspections,
            signals,
            reports,
            risk,
            institutions,
            indicators,
            assessors,
            scorings,
            assignments,
            rankings,
            operations_router(NAME, service.database, service.clock),
        ],
        is_ready=service.database.is_ready,
        lifespan=lifespan,
        max_body_bytes=service.settings.max_body_bytes,
    )


def jobs(service: Service) -> list[Job]:
    """Relay, consumer, and the timers: none ends a brand (D08)."""
    return background_of(
        service.settings,
        service.database,
        service.bus,
        name=NAME,
        handlers=handlers(service),
        timers=timers(service),
    )
