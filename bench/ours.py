"""Our services as they are measured: their own apps, with keys, clock and registries of the bench."""

from pathlib import Path

import cert_svc.app
import cert_svc.settings
from chuangpei.development import DevelopmentIssuer
from chuangpei.testing.api import verifier_for
from chuangpei.testing.settings import test_settings
from fastapi import FastAPI


def cert(dsn: str, bus: str, key_file: str, *, with_work: bool = False) -> FastAPI:
    """cert-svc: certificates and evaluations."""
    settings = test_settings(cert_svc.settings.Settings, dsn, bus, poll_seconds=1.0)
    issuer = DevelopmentIssuer(Path(key_file))
    service = cert_svc.app.assemble(settings, verifier=verifier_for(issuer, settings.privacy()))
    return cert_svc.app.create_api(service, with_work=with_work)
