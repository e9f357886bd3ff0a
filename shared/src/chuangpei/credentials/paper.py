"""The code on paper: a CWT (RFC 8392) in COSE_Sign1 (RFC 9052), compressed, in base45 (RFC 9285).

What stands in it is what the paper says; it is small enough for a QR code of version 13 at level M.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import base45
import cbor2
import segno

from chuangpei.credentials.documents import Malformed
from chuangpei.credentials.signing import Algorithm, PublicKey, Signer

PREFIX = "CPC1:"
MOST_CHARACTERS = 2_000
MOST_BYTES = 4_096
MOST_VERSION = 13

_ALG, _KID = 1, 4
_ISS, _IAT, _CTI = 1, 6, 7
_SIGN1 = 18
# Ed25519 is EdDSA in COSE; SM2 has no number there, so one of private use stands for it.
ALGORITHMS: Mapping[Algorithm, int] = {Algorithm.ED25519: -8, Algorithm.SM2: -70_001}
_FACT, _STATUS = -70_100, -70_101
"""Private claims: what the paper says, and its place among the revoked."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says: its number, the day of issue, its place in a numbered status list, and the rest.

    ``fact`` has short names, each with a text or a number; ``issuer`` is the DID.
    """

    issuer: str
    number: str
    issued_on: date
    status_list: int
    status_index: int
    fact: Mapping[str, str | int]


def code(paper: Paper, signer: Signer) -> str:
    """The text of the code."""
    midnight = datetime.combine(paper.issued_on, time(), UTC)
    claims = {
        _ISS: paper.issuer,
        _IAT: int(midnight.timestamp()),
        _CTI: paper.number.encode(),
        _FACT: dict(paper.fact),
        _STATUS: [paper.status_list, paper.status_index],
    }
    algorithm = ALGORITHMS[signer.public.algorithm]
    protected = _bytes({_ALG: algorithm, _KID: signer.public.key_id.encode()})
    payload = _bytes(claims)
    signature = signer.sign(_to_sign(protected, payload))
    signed = _bytes(cbor2.CBORTag(_SIGN1, [protected, {}, payload, signature]))
    packed: bytes = base45.b45encode(zlib.compress(signed, 9))
    return PREFIX + packed.decode()


def svg(text: str, scale: int = 4) -> bytes:
    """The code as a QR code in SVG. Raises :class:`ValueError` where it does not fit on paper."""
    qr = segno.make(text, error="m", micro=False, boost_error=False)
    if int(qr.version) > MOST_VERSION:
        raise ValueError(f"a code of version {qr.version} is too fine for paper")
    out = BytesIO()
    qr.save(out, kind="svg", scale=scale)
    return out.getvalue()


def opened(text: str) -> tuple[str, Paper]:
    """The key's name and what a code says whose signature has not been looked at yet.

    Raises :class:`Malformed` for anything else; what it unpacks to is bounded, whatever it claims.
    """
    protected, payload, _ = _parts(text)
    header = _map(protected)
    kid = header.get(_KID)
    if header.get(_ALG) not in ALGORITHMS.values() or not isinstance(kid, bytes):
        raise Malformed("another algorithm than a code's")
    return kid.decode(errors="replace"), _paper(_map(payload))


def is_intact(text: str, key: PublicKey) -> bool:
    """Whether the key signed exactly this code, by the key's own algorithm."""
    protected, payload, signature = _parts(text)
    if _map(protected).get(_ALG) != ALGORITHMS[key.algorithm]:
        return False
    return key.verifies(_to_sign(protected, payload), signature)


def _paper(claims: Mapping[Any, Any]) -> Paper:
    at, number, fact = claims.get(_IAT), claims.get(_CTI), claims.get(_FACT)
    status = claims.get(_STATUS)
    if not isinstance(claims.get(_ISS), str) or not isinstance(number, bytes) or not isinstance(fact, dict):
        raise Malformed("the code lacks a claim")
    if type(at) is not int or not 0 <= at < 2**32:
        raise Malformed("the code lacks its day")
    if not isinstance(status, list) or len(status) != 2 or not all(type(one) is int for one in status):
        raise Malformed("the code lacks its place in a status list")
    on = datetime.fromtimestamp(at, UTC).date()
    return Paper(claims[_ISS], number.decode(errors="replace"), on, status[0], status[1], fact)


def _parts(text: str) -> tuple[bytes, bytes, bytes]:
    if not text.startswith(PREFIX) or len(text) > MOST_CHARACTERS:
        raise Malformed("no code of a certificate")
    tagged = _cbor(_unpacked(text.removeprefix(PREFIX)))
    parts = tagged.value if isinstance(tagged, cbor2.CBORTag) and tagged.tag == _SIGN1 else None
    if not isinstance(parts, list) or len(parts) != 4:
        raise Malformed("no COSE_Sign1")
    protected, unprotected, payload, signature = parts
    if unprotected != {} or not all(isinstance(one, bytes) for one in (protected, payload, signature)):
        raise Malformed("no COSE_Sign1 of a certificate")
    return protected, payload, signature


def _unpacked(text: str) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(base45.b45decode(text), MOST_BYTES)
    except (ValueError, zlib.error) as error:
        raise Malformed("no code of a certificate") from error
    if not unpacker.eof or unpacker.unused_data:
        raise Malformed("larger than a code can be")
    return content


def _map(content: bytes) -> dict[Any, Any]:
    found = _cbor(content)
    if not isinstance(found, dict):
        raise Malformed("no map")
    return found


def _cbor(content: bytes) -> Any:
    """One CBOR item in its deterministic form (RFC 8949 4.2): nothing twice, nothing behind it."""
    try:
        found = cbor2.loads(content)
        again = _bytes(found)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise Malformed("no CBOR") from error
    if again != content:
        raise Malformed("no deterministic CBOR")
    return found


def _bytes(value: Any) -> bytes:
    return cbor2.dumps(value, canonical=True)


def _to_sign(protected: bytes, payload: bytes) -> bytes:
    return _bytes(["Signature1", protected, b"", payload])
