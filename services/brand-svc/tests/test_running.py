"""brand-svc as its processes run it: relay, bus and consumer, and the command line."""

import asyncio
import json
import os
import subprocess
import sys

from brand_svc.app import MIGRATIONS, assemble, create_api
from brand_svc.settings import Settings
from chuangpei.development import DevelopmentIssuer
from chuangpei.migrations import is_current
from chuangpei.outbox import emit
from chuangpei.testing.api import client, verifier_for
from chuangpei.testing.settings import test_settings


async def test_what_the_bus_brings_has_its_effect(make_database, city):
    bus = await make_database(MIGRATIONS)
    settings = test_settings(Settings, await make_database(MIGRATIONS), bus)
    verifier = verifier_for(DevelopmentIssuer(), settings.privacy())
    service = assemble(settings, clock=city.clock, verifier=verifier)
    async with client(create_api(service, with_work=True)):
        async with service.database.transaction() as tx:
            # Its own relay carries the event out, its own consumer takes it in.
            await emit(tx, [city.registration("A"), city.revocation("B")], city.clock.now())
        async with asyncio.timeout(30):
            while not await arrived(service):  # noqa: ASYNC110  # only PostgreSQL knows
                await asyncio.sleep(0.05)


async def arrived(service):
    async with service.database.transaction() as tx:
        counts = [
            await tx.connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608  # constant names
            for table in ("institutions", "signals", "outbox")
        ]
    return counts == [1, 1, 0]


async def test_migrating_is_one_command(make_empty_database):
    dsn = make_empty_database()
    settings = test_settings(Settings, dsn)
    environment = {"CHUANGPEI_DATABASE": dsn, "CHUANGPEI_BUS": dsn, "PATH": os.environ["PATH"]}
    for name in ("issuer", "jwks_url", "current_key", "current_event_key"):
        environment[f"CHUANGPEI_{name.upper()}"] = getattr(settings, name)
    environment["CHUANGPEI_PERSON_SECRET"] = settings.person_secret.get_secret_value()
    for name in ("keys", "event_keys"):
        secrets = {key: value.get_secret_value() for key, value in getattr(settings, name).items()}
        environment[f"CHUANGPEI_{name.upper()}"] = json.dumps(secrets)
    command = [sys.executable, "-m", "brand_svc", "migrate"]
    done = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert await is_current(dsn, MIGRATIONS)
