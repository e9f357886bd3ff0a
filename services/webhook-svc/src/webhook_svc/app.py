"""The map of webhook-svc: what it is made of, what it serves, what it does in the background."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from chuangpei.auth import TokenVerifier
from chuangpei.background import Job
from chuangpei.bus.port import Bus
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

from webhook_svc.agencies.routes import router as agencies
from webhook_svc.catalogue.routes import router as catalogue
from webhook_svc.consumers import handlers
from webhook_svc.deliveries.routes import router as deliveries
from webhook_svc.dispatch.dispatcher import Dispatcher
from webhook_svc.dispatch.egress import Egress
from webhook_svc.endpoints.routes import router as endpoints
from webhook_svc.events.routes import router as events
from webhook_svc.service import Service
from webhook_svc.settings import Settings
from webhook_svc.timers import timers

NAME = "webhook"
MIGRATIONS = Path(__file__).parents[2] / "migrations"


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    bus: Bus | None = None,
    verifier: TokenVerifier | None = None,
) -> Service:
    """The parts of one webhook-svc; nothing is connected yet."""
    return Service(
        settings=settings,
        clock=clock or clock_of(settings),
        database=database_of(settings, NAME),
        bus=bus or bus_of(settings),
        verifier=verifier or verifier_of(settings),
        privacy=settings.privacy(),
        egress=Egress(settings.networks(), https_only=settings.https_only),
        requests=RateLimit(settings.requests_per_minute),
    )


def create_api(service: Service, *, with_work: bool = False) -> FastAPI:
    """The API process; ``with_work`` lets it relay, consume and deliver as well."""

    def lifespan() -> AbstractAsyncContextManager[None]:
        work = jobs(service) if with_work else remote_wake_of(service.database)
        return alive(service.database, service.bus, work)

    return create_app(
        name=NAME,
        title=Text("事件推送服务", "Webhook service"),
        description="其他单位订阅平台事件 · Other agencies subscribe to the events of the platform",
        state=service,
        verifier=service.verifier,
        routers=[
            agencies,
            endpoints,
            deliveries,
            events,
            catalogue,
            operations_router(NAME, service.database, service.clock),
        ],
        is_ready=service.database.is_ready,
        lifespan=lifespan,
        max_body_bytes=service.settings.max_body_bytes,
    )


def jobs(service: Service) -> list[Job]:
    """Relay, consumer of every topic, the scrubbing of answers, and the dispatcher."""
    work = background_of(
        service.settings,
        service.database,
        service.bus,
        name=NAME,
        handlers=handlers(service),
        timers=timers(service),
    )
    return [*work, Dispatcher(service).run]
