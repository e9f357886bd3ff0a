"""The one-time link of a trainee (一次性评价链接): a token of 128 bits, of which only the hash is kept.

A token is made from the invitation's random id under a key derived for this purpose alone, so that the
trainee can be shown it again though nobody stores it, and no other token of the platform is one.
"""

import base64
import hmac
from hashlib import sha256
from uuid import UUID

from chuangpei.privacy import Keyring

_PURPOSE = "training.feedback.token"
_BYTES = 16


class Tokens:
    """Makes tokens under the keyring's keys."""

    def __init__(self, keyring: Keyring) -> None:
        self.current = keyring.current
        self._secrets = keyring.derived(_PURPOSE)

    def has(self, key_id: str) -> bool:
        """Whether the key is still there, so that its tokens can be told again."""
        return key_id in self._secrets

    def of(self, invitation_id: UUID, key_id: str) -> str:
        """The token of an invitation, 22 characters."""
        code = hmac.new(self._secrets[key_id], invitation_id.bytes, sha256).digest()[:_BYTES]
        return base64.urlsafe_b64encode(code).decode().rstrip("=")


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "replace")).digest()
