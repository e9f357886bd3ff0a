"""The settings of subsidy-svc; nothing else reads the environment."""

from chuangpei.settings import CommonSettings


class Settings(CommonSettings):
    """Common settings, and where the registries of others are.

    ``max_body_bytes`` has room for a bank's result file; JSON bodies have the smaller limit of
    ``JSON_BODY_BYTES``.
    """

    registry_url: str
    accounts_url: str
    port_timeout_seconds: float = 5.0
    max_body_bytes: int = 33_554_432


JSON_BODY_BYTES = 262_144
"""The largest JSON body a route takes."""
