"""How values are written in credentials: base64url without padding (RFC 4648 5), and instants (RFC 3339)."""

import base64
import binascii
from datetime import datetime


def base64url(content: bytes) -> str:
    """The bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes of a base64url text. Raises :class:`ValueError` for anything but its canonical form."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("no base64url") from error
    if base64url(content) != text:
        raise ValueError("no canonical base64url")
    return content


def instant(at: datetime) -> str:
    """An instant (UTC) as credentials write it, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
