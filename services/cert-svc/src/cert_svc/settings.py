"""The settings of cert-svc; nothing else reads the environment."""

from pathlib import Path

from chuangpei.settings import CommonSettings
from pydantic import Field


class Settings(CommonSettings):
    """What this service is told beyond what all are.

    ``public_url`` is the origin under which all reach the platform: the issuer's DID and the addresses of
    status lists are made of it, so it must never change. ``signing_keys`` is a folder (see
    :mod:`chuangpei.credentials.keystore`), ``signing_key`` the key in it that signs; ``seals`` and ``seal``
    are the same for the PDF (see :mod:`chuangpei.credentials.seal`). ``checks_per_minute`` is how often one
    address may check certificates, at each API process.
    """

    public_url: str = "https://chuangpei.invalid"
    signing_keys: Path
    signing_key: str
    seals: Path
    seal: str
    status_list_minutes: int = 60
    checks_per_minute: int = Field(60, ge=1, le=1_000_000_000)
