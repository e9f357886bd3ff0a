"""``python -m cert_svc api | worker | migrate``."""

import argparse


def main() -> None:
    """Runs one process of the service, as the environment's settings say."""
    parser = argparse.ArgumentParser(prog="cert_svc")
    commands = parser.add_subparsers(dest="command", required=True)
    api = commands.add_parser("api", help="answer HTTP requests")
    api.add_argument("--host", default="127.0.0.1")
    api.add_argument("--port", type=int, default=8002)
    commands.add_parser("worker", help="run relay and consumer")
    commands.add_parser("migrate", help="bring the database to the newest revision")
    given = parser.parse_args()

    from chuangpei.migrations import upgrade_now
    from chuangpei.service import serve, work

    from cert_svc.app import MIGRATIONS, assemble, create_api, jobs
    from cert_svc.settings import Settings

    settings = Settings()  # type: ignore[call-arg]  # read from the environment
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
