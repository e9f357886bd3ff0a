"""Passes (短期凭证): signed texts, each for one thing and good for a short while, that nobody stores.

    LINKS = Passes(keyring, "subsidy.explanation.link")
    text = LINKS.sign(Pass(claim_id, since=now, until=now + timedelta(minutes=10)))

A pass is a JWT (HS256) under a key derived for one purpose alone, so no other token of the platform is one.
All processes with the same keys sign the same pass alike, and a new current key takes over at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from chuangpei.privacy import Keyring

if TYPE_CHECKING:
    # Slow to import: a worker does without, an API process needs it when the first pass is asked for.
    from joserfc.jwk import KeySet

_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass says: the one thing it is for, since when and until when it is good (UTC, in seconds)."""

    of: UUID
    since: datetime
    until: datetime

    def good_at(self, now: datetime) -> bool:
        """Whether it is good at ``now``; it still is at its last instant."""
        return now <= self.until


class Passes:
    """Signs passes for a purpose under the keyring's current key, and reads those under any of its keys."""

    def __init__(self, keyring: Keyring, purpose: str) -> None:
        self._current = keyring.current
        self._secrets: Mapping[str, bytes] = keyring.derived(purpose)
        self._keys: KeySet | None = None

    def sign(self, given: Pass) -> str:
        """The text of a pass: the same for the same pass."""
        from joserfc import jwt

        claims = {
            "sub": str(given.of),
            "iat": int(given.since.timestamp()),
            "exp": int(given.until.timestamp()),
        }
        header = {"alg": _ALGORITHM, "kid": self._current}
        return jwt.encode(header, claims, self._key_set(), algorithms=[_ALGORITHM])

    def read(self, text: str) -> Pass | None:
        """What a pass says, or None where it is not one of ours, whatever is wrong with it.

        The signature is compared in constant time. Whether it is still good is for the caller to ask.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(text, self._key_set(), algorithms=[_ALGORITHM]).claims
            since, until = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
            return Pass(UUID(claims["sub"]), since, until)
        except (JoseError, ValueError, TypeError, KeyError):
            return None

    def _key_set(self) -> "KeySet":
        if self._keys is None:
            from joserfc.jwk import KeySet, OctKey

            self._keys = KeySet(
                [OctKey.import_key(secret, {"kid": key_id}) for key_id, secret in self._secrets.items()]
            )
        return self._keys
