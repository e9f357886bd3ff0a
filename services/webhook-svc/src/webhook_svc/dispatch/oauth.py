"""Access tokens for receivers that ask for one (RFC 6749, 4.4), kept until shortly before they expire."""

import time
from uuid import UUID

from aiohttp import ClientError, ClientSession
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from webhook_svc.endpoints.secrets import OAuthClient

_MOST_TO_READ = 65_536
_EARLY_SECONDS = 30


class NoToken(Exception):  # noqa: N818  # reads as what happened
    """The token endpoint gave none; the delivery is tried again later."""


class _Granted(BaseModel):
    model_config = ConfigDict(extra="ignore")
    access_token: str = Field(min_length=1, max_length=10_000, pattern=r"^[\x21-\x7e]+$")
    expires_in: int = Field(default=60, ge=1)


class Tokens:
    """One token an endpoint, asked for once while it is good."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session
        self._kept: dict[UUID, tuple[float, OAuthClient, str]] = {}

    async def token(self, endpoint_id: UUID, client: OAuthClient) -> str:
        """The token of an endpoint; raises :class:`NoToken`."""
        kept = self._kept.get(endpoint_id)
        if kept and kept[0] > time.monotonic() and kept[1] == client:
            return kept[2]
        granted = await self._ask(client)
        until = time.monotonic() + max(granted.expires_in - _EARLY_SECONDS, 0)
        self._kept[endpoint_id] = (until, client, granted.access_token)
        return granted.access_token

    def forget(self, endpoint_id: UUID) -> None:
        """Asks anew next time: the receiver did not take the token."""
        self._kept.pop(endpoint_id, None)

    async def _ask(self, client: OAuthClient) -> _Granted:
        asked = {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.client_secret,
        } | ({"scope": client.scope} if client.scope else {})
        try:
            async with self._session.post(client.token_url, data=asked, allow_redirects=False) as response:
                if response.status != 200:
                    raise NoToken(f"oauth: status {response.status}")
                return _Granted.model_validate_json(await response.content.read(_MOST_TO_READ))
        except ValidationError:
            raise NoToken("oauth: the answer holds no token") from None
        except (ClientError, OSError) as error:
            raise NoToken(f"oauth: {type(error).__name__}") from None
