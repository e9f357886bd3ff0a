"""The code (签到码) on the screen of a session: signed, for one session, good for seconds (T06).

It is a JWT (HS256) under a key derived for this purpose alone, so no other token of the platform is one. All
processes with the same keys show the same code in one step of time, and a new current key takes over at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from chuangpei.privacy import Keyring

if TYPE_CHECKING:
    # Slow to import: a worker does without, an API process needs it when the first code is asked for.
    from joserfc.jwk import KeySet

_PURPOSE = "training.attendance.code"
_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says: the session it is for, since when it is shown and until when it is taken (UTC)."""

    session_id: UUID
    shown_from: datetime
    good_until: datetime


class Codes:
    """Signs codes under the keyring's current key, and reads those under any of its keys."""

    def __init__(self, keyring: Keyring) -> None:
        self._current = keyring.current
        self._secrets: Mapping[str, bytes] = keyring.derived(_PURPOSE)
        self._keys: KeySet | None = None

    def sign(self, code: Code) -> str:
        """The code as a screen shows it: the same text for the same code."""
        from joserfc import jwt

        claims = {
            "sub": str(code.session_id),
            "iat": int(code.shown_from.timestamp()),
            "exp": int(code.good_until.timestamp()),
        }
        header = {"alg": _ALGORITHM, "kid": self._current}
        return jwt.encode(header, claims, self._key_set(), algorithms=[_ALGORITHM])

    def read(self, text: str) -> Code | None:
        """What a code says, or None where it is not one of ours, whatever is wrong with it.

        The signature is compared in constant time. Whether it is still good is for the caller to ask.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            claims = jwt.decode(text, self._key_set(), algorithms=[_ALGORITHM]).claims
            shown_from, good_until = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
            return Code(UUID(claims["sub"]), shown_from, good_until)
        except (JoseError, ValueError, TypeError, KeyError):
            return None

    def _key_set(self) -> "KeySet":
        if self._keys is None:
            from joserfc.jwk import KeySet, OctKey

            self._keys = KeySet(
                [OctKey.import_key(secret, {"kid": key_id}) for key_id, secret in self._secrets.items()]
            )
        return self._keys
