"""``python -m chuangpei_embedded.check_migrations``: do the migrations make what the models say?"""

import asyncio
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from chuangpei.migrations import differences, upgrade

from chuangpei_embedded.postgres import PostgresServer

SERVICES = ("training_svc", "cert_svc", "subsidy_svc", "brand_svc", "webhook_svc")


async def found_in(server: PostgresServer, service: str) -> list[str]:
    """The differences of one service, each as a line; none where migrations and models agree."""
    server.create_database(service)
    dsn = server.dsn(service)
    await upgrade(dsn, import_module(f"{service}.app").MIGRATIONS)
    metadata = import_module(f"{service}.models").metadata
    return [f"{service}: {difference}" for difference in await differences(dsn, metadata)]


async def found_anywhere(server: PostgresServer) -> list[str]:
    """The differences of all services."""
    return [line for service in SERVICES for line in await found_in(server, service)]


def main() -> int:
    """Checks against a throw-away PostgreSQL; 1 where something differs."""
    with tempfile.TemporaryDirectory(prefix="chuangpei-migrations-") as folder:
        server = PostgresServer(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            found = asyncio.run(found_anywhere(server))
        finally:
            server.remove()
    for line in found:
        print(line, file=sys.stderr)  # noqa: T201  # a command's output
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
