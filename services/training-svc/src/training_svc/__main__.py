"""``python -m training_svc api | worker | migrate``."""

import argparse


def main() -> None:
    """Runs one of the processes of the service, with its settings from the environment."""
    parser = argparse.ArgumentParser(prog="training_svc", description="创培 · 培训服务 · training service")
    commands = parser.add_subparsers(dest="command", required=True)
    api = commands.add_parser("api", help="answer HTTP requests")
    api.add_argument("--host", default="127.0.0.1")
    api.add_argument("--port", type=int, default=8001)
    commands.add_parser("worker", help="carry events to the bus and from it")
    commands.add_parser("migrate", help="bring the database to the newest revision")
    run(parser.parse_args())


def run(arguments: argparse.Namespace) -> None:
    """Does what the command line asks."""
    from chuangpei.migrations import upgrade_now
    from chuangpei.service import serve, work

    from training_svc.app import MIGRATIONS, assemble, create_api, jobs
    from training_svc.settings import Settings

    settings = Settings()  # type: ignore[call-arg]  # filled from the environment
    if arguments.command == "migrate":
        upgrade_now(settings.database.get_secret_value(), MIGRATIONS)
        return
    service = assemble(settings)
    if arguments.command == "api":
        serve(create_api(service), arguments.host, arguments.port)
    else:
        work(service.database, service.bus, jobs(service))


if __name__ == "__main__":
    main()
