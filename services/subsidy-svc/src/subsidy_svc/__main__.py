"""``python -m subsidy_svc api|worker|migrate``."""

import argparse

from subsidy_svc.settings import Settings


def main() -> None:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(prog="subsidy_svc")
    commands = parser.add_subparsers(dest="command", required=True)
    api = commands.add_parser("api", help="serve the REST API")
    api.add_argument("--host", default="127.0.0.1")
    api.add_argument("--port", type=int, default=8003)
    commands.add_parser("worker", help="run relay, consumer and timers")
    commands.add_parser("migrate", help="bring the database up to date")
    arguments = parser.parse_args()
    settings = Settings()  # type: ignore[call-arg]  # the environment gives the fields
    if arguments.command == "migrate":
        _migrate(settings)
    elif arguments.command == "worker":
        _work(settings)
    else:
        _serve(settings, arguments.host, arguments.port)


def _migrate(settings: Settings) -> None:
    from chuangpei.migrations import upgrade_now

    from subsidy_svc.app import MIGRATIONS

    upgrade_now(settings.database.get_secret_value(), MIGRATIONS)


def _work(settings: Settings) -> None:
    from chuangpei.service import work

    from subsidy_svc.app import assemble, jobs

    service = assemble(settings)
    work(service.database, service.bus, jobs(service))


def _serve(settings: Settings, host: str, port: int) -> None:
    from chuangpei.service import serve

    from subsidy_svc.app import assemble, create_api

    serve(create_api(assemble(settings)), host, port)


if __name__ == "__main__":
    main()
