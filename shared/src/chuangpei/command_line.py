"""The command line that every service has alike: ``python -m <service> api | worker | migrate``."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from fastapi import FastAPI

    from chuangpei.background import Job
    from chuangpei.bus.port import Bus
    from chuangpei.database import Database
    from chuangpei.settings import CommonSettings


class Service(Protocol):
    """What a process needs of the service it runs, whatever else the service has."""

    @property
    def database(self) -> "Database": ...

    @property
    def bus(self) -> "Bus": ...


S = TypeVar("S", bound="CommonSettings", contravariant=True)
V = TypeVar("V", bound=Service)


class App(Protocol[S, V]):
    """The map of a service: its module ``app``."""

    MIGRATIONS: Path

    def assemble(self, settings: S, /) -> V:
        """The service of the settings."""

    def create_api(self, service: V, /) -> "FastAPI":
        """The HTTP face."""

    def jobs(self, service: V, /) -> "Sequence[Job]":
        """The background work."""


def command_of(service: str, *, port: int, arguments: Sequence[str] | None = None) -> Namespace:
    """The command that was given to a service; ends the process where there is no such command.

    Nothing of the service is imported for that: who mistypes a command is told at once.
    """
    parser = ArgumentParser(prog=service)
    commands = parser.add_subparsers(dest="name", required=True)
    api = commands.add_parser("api", help="answer HTTP requests")
    api.add_argument("--host", default="127.0.0.1")
    api.add_argument("--port", type=int, default=port)
    commands.add_parser("worker", help="carry events to the bus and from it, and do what falls due")
    commands.add_parser("migrate", help="bring the database to the newest revision")
    return parser.parse_args(arguments)


def run(command: Namespace, settings_of: type[S], app: App[S, V]) -> None:
    """Runs one process of the service, with its settings from the environment."""
    settings = settings_of()  # type: ignore[call-arg]  # filled from the environment
    if command.name == "migrate":
        from chuangpei.migrations import upgrade_now  # the other processes do without Alembic

        upgrade_now(settings.database.get_secret_value(), app.MIGRATIONS)
        return
    from chuangpei.service import serve, work

    service = app.assemble(settings)
    if command.name == "api":
        serve(app.create_api(service), command.host, command.port, settings.trusted_proxies)
    else:
        work(service.database, service.bus, app.jobs(service))
