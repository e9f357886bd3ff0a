"""The request that delivers one event to one endpoint: body, signature, and what is sent along."""

import base64
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from chuangpei.database import Row
from chuangpei.events.base import TYPE_PREFIX

from webhook_svc.agencies.use_cases import PERSON_SALT
from webhook_svc.dispatch.oauth import NoToken, Tokens
from webhook_svc.dispatch.sending import Outcome, Sender
from webhook_svc.dispatch.signing import SigningKey, signed_headers
from webhook_svc.endpoints.repository import signing_keys
from webhook_svc.endpoints.schemas import Payload
from webhook_svc.endpoints.secrets import Secrets
from webhook_svc.endpoints.use_cases import key_of, opened
from webhook_svc.events.body import CONTENT_TYPE, Telling, body
from webhook_svc.service import Service

PING = f"{TYPE_PREFIX}.webhook.ping.v1"
TEST = f"{TYPE_PREFIX}.webhook.test.v1"
_UNAUTHORISED = 401


@dataclass(frozen=True, slots=True)
class Receiver:
    """An endpoint ready to be posted to: all its secrets in clear, in memory alone."""

    endpoint_id: UUID
    url: str
    secrets: Secrets
    keys: Sequence[SigningKey]
    telling: Telling
    tls: ssl.SSLContext | None

    @classmethod
    async def of(cls, service: Service, endpoint: Row) -> "Receiver":
        """The receiver of an endpoint's row, with the keys that sign now."""
        secrets = opened(service, endpoint)
        rows = await signing_keys(service.database, endpoint["id"], service.clock.now())
        salt = service.privacy.at_rest.decrypt(endpoint["person_salt_encrypted"], PERSON_SALT)
        # What is no longer granted in full is told thin, whatever the endpoint once asked for.
        full = endpoint["payload"] == Payload.FULL and endpoint["full_payload"]
        return cls(
            endpoint_id=endpoint["id"],
            url=endpoint["url"],
            secrets=secrets,
            keys=[key_of(service, row) for row in rows],
            telling=Telling(full, base64.b64decode(salt), service.settings.public_url.rstrip("/")),
            tls=secrets.tls.context() if secrets.tls else None,
        )

    def body_of(self, event: Row) -> bytes:
        """What it is told of an event."""
        return body(event, self.telling)

    def body_of_own(self, event_type: str, webhook_id: str, at: Any) -> bytes:
        """A ping or a test event."""
        told = {
            "specversion": "1.0",
            "id": webhook_id,
            "source": "/webhook",
            "type": event_type,
            "subject": str(self.endpoint_id),
            "time": at.isoformat(),
            "datacontenttype": "application/json",
            "data": {"endpoint_id": str(self.endpoint_id)},
        }
        return orjson.dumps(told)


async def send(
    sender: Sender,
    tokens: Tokens,
    receiver: Receiver,
    webhook_id: str,
    content: bytes,
    trace: str | None = None,
) -> Outcome:
    """Makes one attempt. Signed with the time of the real clock, by which receivers refuse what is old."""
    headers = {
        **receiver.secrets.headers,
        "content-type": CONTENT_TYPE,
        **signed_headers(receiver.keys, webhook_id, int(time.time()), content),
    }
    if trace:
        headers["traceparent"] = trace
    if receiver.secrets.oauth:
        try:
            token = await tokens.token(receiver.endpoint_id, receiver.secrets.oauth)
        except NoToken as error:
            return Outcome(0, error=str(error))
        headers["authorization"] = f"Bearer {token}"
    outcome = await sender.post(receiver.url, headers, content, receiver.tls)
    if outcome.status == _UNAUTHORISED:
        tokens.forget(receiver.endpoint_id)
    return outcome
