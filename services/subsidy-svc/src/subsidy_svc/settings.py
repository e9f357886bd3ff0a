"""The settings of subsidy-svc; nothing else reads the environment."""

from pathlib import Path

from chuangpei.settings import CommonSettings
from pydantic import Field, SecretStr


class Settings(CommonSettings):
    """Common settings, where the systems of others are, and where attachments are kept.

    ``attachments_url`` is ``file:///folder`` or ``s3://bucket/prefix``; the other four are for S3 alone.

    ``explanation_link_minutes`` is how long a link to the page of an explanation is good.

    ``platform_url`` is where the city's platform (一网通办) takes pushes; without it they wait in the queue.
    ``platform_mapping`` is the file of their shape where it is not the packaged one, ``platform_ca`` a file
    of authorities for its TLS. A push is given up after ``platform_tries`` tries.

    ``objections_per_minute`` is how often one address may object, add evidence, ask by a receipt or take the
    notices away as a file, at each API process.

    ``max_body_bytes`` has room for a bank's result file; JSON bodies have the smaller limit of
    ``JSON_BODY_BYTES``.
    """

    registry_url: str
    accounts_url: str
    attachments_url: str
    attachments_s3_endpoint: str | None = None
    attachments_s3_region: str | None = None
    attachments_s3_key_id: str | None = None
    attachments_s3_secret: SecretStr | None = None
    platform_url: str | None = None
    platform_mapping: Path | None = None
    platform_ca: Path | None = None
    platform_token: SecretStr | None = None
    platform_secret: SecretStr | None = None
    platform_timeout_seconds: float = Field(10.0, gt=0)
    platform_tries: int = Field(20, ge=1)
    platform_first_delay_seconds: float = 30.0
    platform_longest_delay_seconds: float = 21_600.0
    platform_longest_pause_seconds: float = 600.0
    objections_per_minute: int = Field(20, ge=1, le=1_000_000_000)
    port_timeout_seconds: float = 5.0
    explanation_link_minutes: int = Field(10, ge=1, le=60)
    max_body_bytes: int = 33_554_432


JSON_BODY_BYTES = 262_144
"""The largest JSON body a route takes."""
