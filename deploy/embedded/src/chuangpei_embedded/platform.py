"""The whole platform in one process behind one origin: what `make run` serves and whole-system tests use."""

import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import brand_svc.app
import brand_svc.settings
import cert_svc.app
import cert_svc.settings
import subsidy_svc.app
import subsidy_svc.settings
import training_svc.app
import training_svc.settings
import webhook_svc.app
import webhook_svc.settings
from chuangpei.background import Timer, running
from chuangpei.bus.port import Bus, BusUnavailable
from chuangpei.bus.postgres import PostgresBus
from chuangpei.kernel.clock import Clock
from fastapi import FastAPI

from chuangpei_embedded.configuration import BUS_DATABASE, Surroundings, Values, service_values
from chuangpei_embedded.databases import Dsns, prepared
from chuangpei_embedded.dev.app import CLOCK_FILE, create_dev_app
from chuangpei_embedded.gateway import Gateway, listening, origin_of, serving
from chuangpei_embedded.home import create_home
from chuangpei_embedded.keys import SERVICES, kept_seals, kept_secrets, kept_signing_keys
from chuangpei_embedded.postgres import PostgresServer
from chuangpei_embedded.simulators.app import create_simulators

MIGRATIONS: Mapping[str, Path] = {
    "training": training_svc.app.MIGRATIONS,
    "cert": cert_svc.app.MIGRATIONS,
    "subsidy": subsidy_svc.app.MIGRATIONS,
    "brand": brand_svc.app.MIGRATIONS,
    "webhook": webhook_svc.app.MIGRATIONS,
}

_KEPT = timedelta(days=7)
"""How long the log of the bus keeps what every reader has read, as Kafka does by default."""
_HOUR_SECONDS = 3_600.0

MakeBus = Callable[[str], Bus | None]
"""Makes the bus of one service, which the service closes; None leaves it to the settings."""


@dataclass(frozen=True, slots=True)
class Running:
    """One running platform: its origin, its data folder and its databases."""

    origin: str
    folder: Path
    dsns: Dsns


@asynccontextmanager
async def running_platform(
    server: PostgresServer,
    folder: Path,
    *,
    listener: socket.socket | None = None,
    prefix: str = "",
    bus: MakeBus = lambda _: None,
    clock: Clock | None = None,
) -> AsyncIterator[Running]:
    """Every service, the development tools and the simulators inside the block, on a started ``server``.

    ``folder`` keeps secrets, clock and simulators; ``prefix`` tells the databases of several platforms on one
    server apart. Without a ``listener`` it answers on any free loopback port; the listener is closed at the
    end. A ``clock`` given here is not moved by ``/dev/clock``.
    """
    listener = listener or listening(0)
    with listener:
        origin = origin_of(listener)
        dsns = await prepared(server, MIGRATIONS, prefix)
        gateway = Gateway(
            {
                **_services(_values(folder, origin, dsns), bus, clock),
                "dev": create_dev_app(folder, "embedded"),
                "simulators": create_simulators(
                    folder / "simulators",
                    "embedded",
                    subsidy=origin,
                    platform_secret=kept_secrets(folder).platform_secret,
                ),
                "": create_home(folder, origin),
            }
        )
        async with running([_retention(dsns[BUS_DATABASE]).run]), serving(gateway, listener):
            yield Running(origin, folder, dsns)


def _retention(bus_dsn: str) -> Timer:
    async def prune() -> int:
        try:
            return await PostgresBus(bus_dsn).prune(_KEPT)
        except BusUnavailable:
            return 0  # the next hour will do

    return Timer("retention of the bus", prune, _HOUR_SECONDS)


def _values(folder: Path, origin: str, dsns: Dsns) -> dict[str, Values]:
    secrets = kept_secrets(folder)
    around = Surroundings(
        dsns[BUS_DATABASE], origin, folder / CLOCK_FILE, kept_signing_keys(folder), kept_seals(folder)
    )
    return {service: service_values(service, dsns[service], secrets, around) for service in SERVICES}


def _services(values: Mapping[str, Values], bus: MakeBus, clock: Clock | None) -> dict[str, FastAPI]:
    training = training_svc.app.assemble(
        training_svc.settings.Settings.model_validate(values["training"]), clock=clock, bus=bus("training")
    )
    cert = cert_svc.app.assemble(
        cert_svc.settings.Settings.model_validate(values["cert"]), clock=clock, bus=bus("cert")
    )
    subsidy = subsidy_svc.app.assemble(
        subsidy_svc.settings.Settings.model_validate(values["subsidy"]), clock=clock, bus=bus("subsidy")
    )
    brand = brand_svc.app.assemble(
        brand_svc.settings.Settings.model_validate(values["brand"]), clock=clock, bus=bus("brand")
    )
    webhook = webhook_svc.app.assemble(
        webhook_svc.settings.Settings.model_validate(values["webhook"]), clock=clock, bus=bus("webhook")
    )
    return {
        "training": training_svc.app.create_api(training, with_work=True),
        "cert": cert_svc.app.create_api(cert, with_work=True),
        "subsidy": subsidy_svc.app.create_api(subsidy, with_work=True),
        "brand": brand_svc.app.create_api(brand, with_work=True),
        "webhook": webhook_svc.app.create_api(webhook, with_work=True),
    }
