"""The settings all services share; each ``settings.py`` extends them and alone reads the environment."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from chuangpei.privacy import Keyring, Privacy


class CommonSettings(BaseSettings):
    """Read from ``CHUANGPEI_*`` variables, maps as JSON.

    ``bus`` is ``kafka://host:port[,host:port]`` or ``postgresql://…``. ``environment`` is ``embedded``
    only in the one-command run: there alone the development issuer is accepted and the clock may be moved.
    ``trusted_proxies`` are the addresses or networks of the gateway, with commas between them: their
    ``X-Forwarded-For`` alone is believed.
    """

    model_config = SettingsConfigDict(env_prefix="CHUANGPEI_", extra="ignore", frozen=True)

    environment: Literal["embedded", "production"] = "production"
    database: SecretStr
    database_pool: int = 8
    bus: SecretStr
    bus_partitions: int = 6
    issuer: str
    audience: str = "chuangpei"
    jwks_url: str
    person_secret: SecretStr
    keys: dict[str, SecretStr]
    current_key: str
    event_keys: dict[str, SecretStr]
    current_event_key: str
    clock_file: Path | None = None
    trusted_proxies: str = ""
    max_body_bytes: int = 1_048_576
    poll_seconds: float = 1.0
    timer_seconds: float = 5.0

    def privacy(self) -> Privacy:
        """The keys; raises :class:`ValueError` for a malformed one or a person secret under 32 bytes."""
        secret = self.person_secret.get_secret_value().encode()
        if len(secret) < 32:
            raise ValueError("person_secret needs at least 32 bytes")
        return Privacy(
            at_rest=Keyring(_clear(self.keys), self.current_key),
            in_events=Keyring(_clear(self.event_keys), self.current_event_key),
            person_secret=secret,
        )


def _clear(keys: dict[str, SecretStr]) -> dict[str, str]:
    return {key_id: key.get_secret_value() for key_id, key in keys.items()}
