"""``python -m brand_svc api|worker|migrate``."""

import argparse

from chuangpei.migrations import upgrade_now
from chuangpei.service import serve, work

from brand_svc.app import MIGRATIONS, assemble, create_api, jobs
from brand_svc.settings import Settings


def main() -> None:
    """Runs one process of brand-svc, settings from the environment."""
    parser = argparse.ArgumentParser(prog="brand_svc")
    commands = parser.add_subparsers(dest="command", required=True)
    api = commands.add_parser("api", help="answer requests")
    api.add_argument("--host", default="127.0.0.1")
    api.add_argument("--port", type=int, default=8004)
    commands.add_parser("worker", help="relay and consume")
    commands.add_parser("migrate", help="bring the database up to date")
    given = parser.parse_args()

    settings = Settings()  # type: ignore[call-arg]  # pydantic-settings reads the fields from the environment
    if given.command == "migrate":
        upgrade_now(settings.database.get_secret_value(), MIGRATIONS)
        return
    service = assemble(settings)
    if given.command == "api":
        serve(create_api(service), given.host, given.port)
    else:
        work(service.database, service.bus, jobs(service))


if __name__ == "__main__":
    main()
