"""The processes of the service as an operator starts them."""

import asyncio
import json
import os
import sys

import pytest
from chuangpei.migrations import is_current
from chuangpei.service import DEVELOPMENT_ISSUER, RefusedToStart, verifier_of
from chuangpei.testing.settings import test_settings
from training_svc.app import MIGRATIONS
from training_svc.settings import Settings


async def run(*arguments, environment):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "training_svc",
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()


def environment_of(dsn):
    key = json.dumps({"k1": "aes256gcm:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="})
    given = {
        "database": dsn,
        "bus": dsn,
        "issuer": "https://issuer.example",
        "jwks_url": "https://issuer.example/jwks",
        "person_secret": "a person secret for tests, long enough",
        "keys": key,
        "current_key": "k1",
        "event_keys": key,
        "current_event_key": "k1",
        "registry_url": "https://registry.example",
    }
    return dict(os.environ) | {f"CHUANGPEI_{name.upper()}": value for name, value in given.items()}


async def test_migrate_brings_an_empty_database_to_the_newest_revision(make_empty_database):
    dsn = make_empty_database()
    assert not await is_current(dsn, MIGRATIONS)
    code, output = await run("migrate", environment=environment_of(dsn))
    assert code == 0, output
    assert await is_current(dsn, MIGRATIONS)


async def test_an_unknown_command_is_told_the_known_ones():
    code, output = await run("serve", environment=dict(os.environ))
    assert code == 2
    assert "'api', 'worker', 'migrate'" in output


def test_the_development_issuer_is_refused_in_production():
    settings = test_settings(
        Settings, "postgresql://unused", environment="production", registry_url="https://registry.example"
    )
    assert settings.issuer == DEVELOPMENT_ISSUER
    with pytest.raises(RefusedToStart):
        verifier_of(settings)
