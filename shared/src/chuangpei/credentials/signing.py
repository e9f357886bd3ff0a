"""Signing keys (签名密钥): a port, Ed25519 for the world, SM2 with SM3 for sites that must use 商用密码.

A key has an identifier that is used once and never again. Its public half is kept for as long as anything it
signed may be checked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from gmalg import SM2

from chuangpei.credentials.documents import Malformed
from chuangpei.credentials.encoding import base64url

_ED25519_PUB = b"\xed\x01"
_SM2_PUB = b"\x86\x24"
SM2_USER_ID = b"1234567812345678"
"""The signer's distinguishing identifier where none is agreed (GM/T 0009-2012 7)."""


class Algorithm(StrEnum):
    """How a key signs: EdDSA over Curve25519 (RFC 8032), or SM2 with SM3 (GB/T 32918.2, GB/T 32905)."""

    ED25519 = "Ed25519"
    SM2 = "SM2"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a signing key: 32 bytes for Ed25519, 64 (x, y) for SM2."""

    key_id: str
    algorithm: Algorithm
    raw: bytes

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the key made this signature of 64 bytes over the message."""
        return len(signature) == 64 and _VERIFY[self.algorithm](self.raw, message, signature)

    def multibase(self) -> str:
        """The key as a Multikey (W3C Controlled Identifiers): base58-btc of its multicodec form."""
        if self.algorithm is Algorithm.ED25519:
            return "z" + base58.b58encode(_ED25519_PUB + self.raw).decode()
        # Uncompressed, so that a reader needs no square root on a curve that few libraries have.
        return "z" + base58.b58encode(_SM2_PUB + self.raw).decode()

    def jwk(self) -> dict[str, Any]:
        """The key as a JWK (RFC 8037 for Ed25519; curve ``SM2`` by private agreement)."""
        named = {"kid": self.key_id, "use": "sig"}
        if self.algorithm is Algorithm.ED25519:
            return named | {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": base64url(self.raw)}
        x, y = base64url(self.raw[:32]), base64url(self.raw[32:])
        return named | {"kty": "EC", "crv": "SM2", "alg": "SM2SM3", "x": x, "y": y}


def public_key(key_id: str, multibase: str) -> PublicKey:
    """The key of a Multikey text. Raises :class:`Malformed` for another kind of key."""
    try:
        content = base58.b58decode(multibase.removeprefix("z"))
    except ValueError as error:
        raise Malformed("no Multikey") from error
    kind, raw = content[:2], content[2:]
    if kind == _ED25519_PUB and len(raw) == 32:
        return PublicKey(key_id, Algorithm.ED25519, raw)
    if kind == _SM2_PUB and len(raw) == 64:
        return PublicKey(key_id, Algorithm.SM2, raw)
    raise Malformed("a key of an algorithm that is not known here")


class Signer(Protocol):
    """The port to a private key: software, a hardware module, or a signing service."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this one signs."""

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes."""


class Ed25519Signer:
    """A software key for Ed25519."""

    def __init__(self, key_id: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = PublicKey(key_id, Algorithm.ED25519, raw)

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of the message (RFC 8032)."""
        return self._private.sign(message)


class Sm2Signer:
    """A software key for SM2 with SM3; ``draw`` gives the random number of each signature."""

    def __init__(self, key_id: str, private: bytes, draw: Callable[[int], int] | None = None) -> None:
        public = SM2().generate_pk(private)
        self._sm2 = SM2(private, SM2_USER_ID, public, rnd_fn=draw)
        self.public = PublicKey(key_id, Algorithm.SM2, public[-64:])

    def sign(self, message: bytes) -> bytes:
        """The SM2 signature r ‖ s of the message (GB/T 32918.2)."""
        r, s = self._sm2.sign(message)
        return bytes(r.rjust(32, b"\0") + s.rjust(32, b"\0"))


class Keys:
    """The keys of one issuer: the one that signs now, and every key that ever signed and is still trusted."""

    def __init__(self, signer: Signer, others: Mapping[str, PublicKey] | None = None) -> None:
        self.signer = signer
        self.public: dict[str, PublicKey] = {**(others or {}), signer.public.key_id: signer.public}


def _verify_ed25519(raw: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _verify_sm2(raw: bytes, message: bytes, signature: bytes) -> bool:
    try:
        verifier = SM2(None, SM2_USER_ID, b"\x04" + raw)
        return bool(verifier.verify(message, signature[:32], signature[32:]))
    except ValueError:
        return False


_VERIFY: Mapping[Algorithm, Callable[[bytes, bytes, bytes], bool]] = {
    Algorithm.ED25519: _verify_ed25519,
    Algorithm.SM2: _verify_sm2,
}
