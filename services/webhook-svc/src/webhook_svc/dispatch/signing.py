"""Signatures as Standard Webhooks has them: over ``id.timestamp.body``, ed25519 (``v1a``) or HMAC (``v1``).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_HMAC_BYTES = 32


class Scheme(StrEnum):
    """How a delivery is signed: ed25519, whose public key anyone may know, or a secret both share."""

    ED25519 = "ed25519"
    HMAC = "hmac"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of an endpoint: 32 secret bytes, an ed25519 seed or an HMAC secret."""

    scheme: Scheme
    secret: bytes

    @classmethod
    def made(cls, scheme: Scheme) -> "SigningKey":
        """A new key from the system's randomness."""
        return cls(scheme, os.urandom(_HMAC_BYTES))

    @property
    def shown(self) -> str:
        """What the receiver verifies with: ``whpk_…``, or the shared secret ``whsec_…``."""
        if self.scheme is Scheme.HMAC:
            return f"whsec_{base64.b64encode(self.secret).decode()}"
        return f"whpk_{base64.b64encode(self.public_bytes()).decode()}"

    def public_bytes(self) -> bytes:
        """The raw public key of an ed25519 key, 32 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()

    def public_pem(self) -> bytes:
        """The public key of an ed25519 key as PEM."""
        key = Ed25519PrivateKey.from_private_bytes(self.secret).public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, content: bytes) -> str:
        """One signature as it stands in the header."""
        if self.scheme is Scheme.HMAC:
            return f"v1,{base64.b64encode(hmac.digest(self.secret, content, sha256)).decode()}"
        signature = Ed25519PrivateKey.from_private_bytes(self.secret).sign(content)
        return f"v1a,{base64.b64encode(signature).decode()}"


def signed_headers(
    keys: Iterable[SigningKey], webhook_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The three headers of a delivery; ``timestamp`` in seconds of real time, one signature a key."""
    content = f"{webhook_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(key.sign(content) for key in keys),
    }
