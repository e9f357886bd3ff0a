"""Our services as they are measured: their own apps, with keys, clock and registries of the bench."""

from pathlib import Path

import brand_svc.app
import brand_svc.service
import brand_svc.settings
import cert_svc.app
import cert_svc.service
import cert_svc.settings
import subsidy_svc.app
import subsidy_svc.service
import subsidy_svc.settings
import training_svc.app
import training_svc.service
import training_svc.settings
from chuangpei.development import DevelopmentIssuer
from chuangpei.testing.api import verifier_for
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.credentials import signing_settings
from chuangpei.testing.settings import test_settings
from fastapi import FastAPI

from bench import training_made
from bench.registries import InstantAccounts, InstantRegistry


def cert(dsn: str, bus: str, key_file: str, *, with_work: bool = False) -> FastAPI:
    """cert-svc: certificates and evaluations."""
    return cert_svc.app.create_api(cert_service(dsn, bus, key_file), with_work=with_work)


def cert_service(dsn: str, bus: str, key_file: str) -> cert_svc.service.Service:
    """What cert-svc is made of under measurement."""
    signing = signing_settings(Path(key_file).with_name("signing-keys"))
    settings = test_settings(
        cert_svc.settings.Settings,
        dsn,
        bus,
        poll_seconds=1.0,
        bus_partitions=6,
        **signing,
        checks_per_minute=1_000_000_000,
    )
    issuer = DevelopmentIssuer(Path(key_file))
    return cert_svc.app.assemble(settings, verifier=verifier_for(issuer, settings.privacy()))


def brand_service(dsn: str, bus: str, key_file: str) -> brand_svc.service.Service:
    """What brand-svc is made of under measurement."""
    settings = test_settings(brand_svc.settings.Settings, dsn, bus)
    issuer = DevelopmentIssuer(Path(key_file))
    return brand_svc.app.assemble(settings, verifier=verifier_for(issuer, settings.privacy()))


def subsidy(dsn: str, bus: str, key_file: str, *, with_work: bool = False) -> FastAPI:
    """subsidy-svc: windows, claims, notices, payments. The registries of others answer at once."""
    service = subsidy_service(dsn, bus, key_file)
    return subsidy_svc.app.create_api(service, with_work=with_work)


def subsidy_service(dsn: str, bus: str, key_file: str) -> subsidy_svc.service.Service:
    """What subsidy-svc is made of under measurement."""
    settings = test_settings(
        subsidy_svc.settings.Settings,
        dsn,
        bus,
        poll_seconds=1.0,
        timer_seconds=5.0,
        bus_partitions=6,
        registry_url="http://127.0.0.1:9",
        accounts_url="http://127.0.0.1:9",
        attachments_url=f"file://{Path(key_file).parent}/attachments",
    )
    return subsidy_svc.app.assemble(
        settings,
        verifier=verifier_for(DevelopmentIssuer(Path(key_file)), settings.privacy()),
        registry=InstantRegistry(),
        accounts=InstantAccounts(),
    )


def training(dsn: str, bus: str, key_file: str, *, with_work: bool = False) -> FastAPI:
    """training-svc: classes, enrolments, attendance. Its clock stands on the first class's day."""
    return training_svc.app.create_api(training_service(dsn, bus, key_file), with_work=with_work)


def training_service(dsn: str, bus: str, key_file: str) -> training_svc.service.Service:
    """What training-svc is made of under measurement."""
    settings = test_settings(
        training_svc.settings.Settings,
        dsn,
        bus,
        poll_seconds=1.0,
        bus_partitions=6,
        registry_url="http://127.0.0.1:9",
    )
    return training_svc.app.assemble(
        settings,
        clock=FixedClock.on(training_made.FIRST_DAY),
        verifier=verifier_for(DevelopmentIssuer(Path(key_file)), settings.privacy()),
        registry=InstantRegistry(),
    )
