"""The databases of one run: one a service and one for the bus, made and migrated when they are not yet."""

from collections.abc import Mapping
from pathlib import Path

import asyncpg
from chuangpei.migrations import is_current, upgrade

from chuangpei_embedded.configuration import BUS_DATABASE, DATABASES
from chuangpei_embedded.postgres import PostgresServer

Dsns = Mapping[str, str]


async def prepared(server: PostgresServer, migrations: Mapping[str, Path], prefix: str = "") -> Dsns:
    """The connection string of each database by service (and ``bus``), at its newest revision.

    ``prefix`` sets the databases of one run apart from those of others on the same server.
    """
    dsns = {name: server.dsn(prefix + name) for name in DATABASES}
    for service, folder in migrations.items():
        if not await _stands_at_newest(dsns[service], folder):
            server.create_database(prefix + service)
            await upgrade(dsns[service], folder)
    if not await _exists(dsns[BUS_DATABASE]):
        server.create_database(prefix + BUS_DATABASE)
    return dsns


async def _stands_at_newest(dsn: str, migrations: Path) -> bool:
    try:
        return await is_current(dsn, migrations)
    except asyncpg.InvalidCatalogNameError:
        return False


async def _exists(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn)
    except asyncpg.InvalidCatalogNameError:
        return False
    await connection.close()
    return True
