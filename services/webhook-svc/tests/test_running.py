"""webhook-svc as its processes run it: the bus, the dispatcher, and what survives a kill."""

import asyncio
import json
import os
import signal
import subprocess
import sys

from chuangpei.development import DevelopmentIssuer
from chuangpei.migrations import is_current
from chuangpei.outbox import emit
from chuangpei.testing.api import client, verifier_for
from chuangpei.testing.settings import test_settings
from webhook_svc.app import MIGRATIONS, assemble, create_api
from webhook_svc.settings import Settings


def environment_of(settings):
    """The settings as the variables of a process of its own."""
    names = ("issuer", "jwks_url", "current_key", "current_event_key", "public_url", "allowed_networks")
    found = {f"CHUANGPEI_{name.upper()}": str(getattr(settings, name)) for name in names}
    for name in ("database", "bus", "person_secret"):
        found[f"CHUANGPEI_{name.upper()}"] = getattr(settings, name).get_secret_value()
    for name in ("keys", "event_keys"):
        secrets = {key: value.get_secret_value() for key, value in getattr(settings, name).items()}
        found[f"CHUANGPEI_{name.upper()}"] = json.dumps(secrets)
    return found | {"CHUANGPEI_ENVIRONMENT": "embedded", "PATH": os.environ["PATH"]}


async def test_what_the_bus_brings_reaches_the_subscriber(make_database, hub, receiver):
    await hub.granted()
    await hub.subscribed(receiver.url)
    bus = await make_database(MIGRATIONS)
    settings = hub.service.settings.model_copy(update={"bus": type(hub.service.settings.bus)(bus)})
    verifier = verifier_for(DevelopmentIssuer(), settings.privacy())
    service = assemble(settings, clock=hub.clock, verifier=verifier)
    async with client(create_api(service, with_work=True)):
        async with service.database.transaction() as tx:
            # Its own relay carries the event out, its own consumer takes it in, its dispatcher delivers.
            await emit(tx, [hub.revocation()], hub.clock.now())
        await hub.until(lambda: len(receiver.got) == 1)


async def test_migrating_is_one_command(make_empty_database):
    settings = test_settings(Settings, make_empty_database(), public_url="https://chuangpei.example")
    command = [sys.executable, "-m", "webhook_svc", "migrate"]
    done = await asyncio.to_thread(
        subprocess.run, command, env=environment_of(settings), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert await is_current(settings.database.get_secret_value(), MIGRATIONS)


async def test_a_dispatcher_killed_under_load_loses_nothing_and_repeats_carry_the_same_id(
    hub, listen, make_database
):
    """Four endpoints, 2,000 deliveries; a worker process is killed again and again while it delivers."""
    receivers = [await listen() for _ in range(4)]
    await hub.granted()
    for one in receivers:
        await hub.subscribed(one.url, most_a_second=1_000, most_in_flight=50)
    events = [hub.revocation() for _ in range(500)]
    await hub.happens(*events)
    settings = hub.service.settings.model_copy(
        update={"bus": type(hub.service.settings.bus)(await make_database(MIGRATIONS))}
    )
    delivered = "SELECT count(*) FROM deliveries WHERE state = 'delivered'"
    killed = 0
    while (before := await hub.value(delivered)) < 2_000:
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "webhook_svc", "worker", env=environment_of(settings)
        )
        await hub.until(lambda before=before: _reached(hub, delivered, min(before + 600, 2_000)), 120)
        worker.send_signal(signal.SIGKILL)
        await worker.wait()
        killed += 1
        # Its leases would end within half a minute by themselves.
        await hub.value("UPDATE lanes SET leased_until = clock_timestamp() RETURNING 1")
    assert killed > 1
    wanted = {f"msg_{one}" for one in await hub.value("SELECT array_agg(event_id) FROM events")}
    assert all(set(one.ids) == wanted for one in receivers)


async def _reached(hub, sql, wanted):
    return await hub.value(sql) >= wanted
