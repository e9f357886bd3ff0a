"""Who was revoked (W3C Bitstring Status List 1.0): one bit each, among so many that none is singled out."""

import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from chuangpei.credentials.documents import Document, Malformed
from chuangpei.credentials.encoding import base64url, from_base64url, instant

LEAST_ENTRIES = 131_072
MOST_ENTRIES = 8_388_608
_CONTEXT = "https://www.w3.org/ns/credentials/v2"


def entry(list_url: str, index: int) -> Document:
    """The ``credentialStatus`` of a credential with this place in the list."""
    return {
        "id": f"{list_url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": list_url,
    }


def packed(entries: int, revoked: Iterable[int]) -> str:
    """The bits of a list as ``encodedList``: the first entry is the highest bit of the first byte.

    Raises :class:`ValueError` for a list smaller than the standard's least, or an index outside it.
    """
    if entries < LEAST_ENTRIES or entries % 8:
        raise ValueError(f"a status list has at least {LEAST_ENTRIES} entries")
    bits = bytearray(entries // 8)
    for index in revoked:
        if not 0 <= index < entries:
            raise ValueError("an index outside the list")
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + base64url(gzip.compress(bytes(bits), 9, mtime=0))


def credential(list_url: str, did: str, encoded: str, now: datetime, lives: timedelta) -> Document:
    """The credential of a status list, to be signed; good from ``now`` (UTC) for as long as it ``lives``."""
    return {
        "@context": [_CONTEXT],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": instant(now),
        "validUntil": instant(now + lives),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }


def is_revoked(list_credential: Document, status: Document) -> bool:
    """Whether the bit of a credential's status is set in a list whose signature and dates are good.

    Raises :class:`Malformed` where the two do not belong together or the list is none; what it unpacks to is
    bounded.
    """
    subject = list_credential.get("credentialSubject")
    if status.get("statusListCredential") != list_credential.get("id") or not isinstance(subject, dict):
        raise Malformed("another status list than the credential's")
    if subject.get("statusPurpose") != status.get("statusPurpose"):
        raise Malformed("a status list of another purpose")
    bits, index = unpacked(subject.get("encodedList")), _index(status)
    if index >= len(bits) * 8:
        raise Malformed("an index outside the list")
    return bool(bits[index >> 3] & 0x80 >> (index & 7))


def unpacked(encoded: object) -> bytes:
    """The bits of an ``encodedList``. Raises :class:`Malformed` for anything else, a bomb among them."""
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise Malformed("no status list")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        bits = unpacker.decompress(from_base64url(encoded[1:]), MOST_ENTRIES // 8 + 1)
    except (ValueError, zlib.error) as error:
        raise Malformed("no status list") from error
    if not unpacker.eof or not LEAST_ENTRIES <= len(bits) * 8 <= MOST_ENTRIES:
        raise Malformed("a status list of an impossible size")
    return bits


def _index(status: Document) -> int:
    text = status.get("statusListIndex")
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Malformed("no index of a status list")
    return int(text)
