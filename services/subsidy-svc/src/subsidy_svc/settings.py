"""The settings of subsidy-svc; nothing else reads the environment."""

from chuangpei.settings import CommonSettings
from pydantic import Field, SecretStr


class Settings(CommonSettings):
    """Common settings, where the registries of others are, and where attachments are kept.

    ``attachments_url`` is ``file:///folder`` or ``s3://bucket/prefix``; the other four are for S3 alone.

    ``explanation_link_minutes`` is how long a link to the page of an explanation is good.

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
    port_timeout_seconds: float = 5.0
    explanation_link_minutes: int = Field(10, ge=1, le=60)
    max_body_bytes: int = 33_554_432


JSON_BODY_BYTES = 262_144
"""The largest JSON body a route takes."""
