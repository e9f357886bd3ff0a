"""Personal data: encryption, the keyed hash that stands for a person, and who may open what.

A clear id number is needed in few places. It is stored encrypted (AES-256-GCM, or SM4-GCM where commercial
cryptography is required), travels encrypted inside events, and is looked up by ``person_key``: a keyed hash
(HMAC-SHA-256) of the normalised number, the same in all services and useless without the secret.
"""

import base64
import hmac
import os
from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_TAG_BYTES = 16
# base64.b64decode does the same at several times the cost, and a payment file opens a million values.
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class CannotDecrypt(Exception):  # noqa: N818  # reads as what happened
    """The value was changed, belongs to another field, or was made with a key that is not here."""


class Aead(Protocol):
    """Authenticated encryption of one key."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Sm4Gcm:
    """SM4 (GB/T 32907) in Galois/Counter mode, with the same face as the library's AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = BlockCipher(self._algorithm, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        body, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
        decryptor = BlockCipher(self._algorithm, GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(body) + decryptor.finalize()


_ALGORITHMS: Mapping[str, type[AESGCM] | type[Sm4Gcm]] = {"aes256gcm": AESGCM, "sm4gcm": Sm4Gcm}
_KEY_BYTES = {"aes256gcm": 32, "sm4gcm": 16}


class Keyring:
    """Keys by id, one of them current: ``keys`` maps an id to ``algorithm:base64``.

    A value reads ``<key id>.<base64url of nonce, ciphertext and tag>`` and is bound to ``purpose``, so that
    an encrypted account number cannot be moved into a name's place. Raises :class:`ValueError` for a key of
    the wrong length or an unknown algorithm.
    """

    def __init__(self, keys: Mapping[str, str], current: str) -> None:
        secrets = {key_id: _secret(spec) for key_id, spec in keys.items()}
        self._keys = {key_id: algorithm(secret) for key_id, (algorithm, secret) in secrets.items()}
        self._secrets = {key_id: secret for key_id, (_, secret) in secrets.items()}
        if any("." in key_id or not key_id for key_id in keys):
            raise ValueError("a key id must not be empty or contain a dot")
        if current not in self._keys:
            raise ValueError(f"the current key {current!r} is not among the keys")
        self._current = current

    @property
    def current(self) -> str:
        """The id of the key that is used for what is made now."""
        return self._current

    def derived(self, purpose: str) -> dict[str, bytes]:
        """A signing key of 32 bytes from each key, by its id (HKDF-SHA-256).

        It is good for ``purpose`` alone: it opens no encrypted value, and tells nothing of the key.
        """
        return {
            key_id: HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)
            for key_id, secret in self._secrets.items()
        }

    def encrypt(self, clear: str, purpose: str) -> str:
        """Encrypts under the current key."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._keys[self._current].encrypt(nonce, clear.encode(), purpose.encode())
        return f"{self._current}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"

    def encrypt_bytes(self, clear: bytes, purpose: str) -> bytes:
        """As :meth:`encrypt`, for a file: the key's id, a dot, nonce, ciphertext and tag, as they are."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, clear, purpose.encode())
        return self._current.encode() + b"." + nonce + sealed

    def decrypt_bytes(self, value: bytes, purpose: str) -> bytes:
        """The clear file; raises :class:`CannotDecrypt`."""
        key_id, _, sealed = value.partition(b".")
        aead = self._keys.get(key_id.decode(errors="replace"))
        if aead is None:
            raise CannotDecrypt("no such key")
        try:
            return aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt("the file was changed or belongs elsewhere") from error

    def decrypt(self, value: str, purpose: str) -> str:
        """The clear text; raises :class:`CannotDecrypt`."""
        key_id, _, encoded = value.partition(".")
        aead = self._keys.get(key_id)
        if aead is None:
            raise CannotDecrypt(f"no key {key_id!r}")
        try:
            padding = b"=" * (-len(encoded) % 4)
            sealed = a2b_base64(encoded.encode().translate(_URL_SAFE) + padding, strict_mode=True)
            return aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt("the value was changed or belongs to another field") from error


@dataclass(frozen=True, slots=True)
class Privacy:
    """What a service needs to keep personal data: its own keyring, the one of events, the person secret."""

    at_rest: Keyring
    in_events: Keyring
    person_secret: bytes

    def person_key(self, id_number: str) -> str:
        """The key of a person (个人标识): HMAC of the normalised id number, 64 hex digits.

        The number must be normalised already (see :func:`chuangpei.kernel.resident_id.parse_resident_id`).
        """
        return hmac.new(self.person_secret, id_number.encode(), sha256).hexdigest()


def _secret(spec: str) -> tuple[type[AESGCM] | type[Sm4Gcm], bytes]:
    algorithm, _, encoded = spec.partition(":")
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"unknown algorithm {algorithm!r}; known: {', '.join(_ALGORITHMS)}")
    key = base64.b64decode(encoded, validate=True)
    if len(key) != _KEY_BYTES[algorithm]:
        raise ValueError(f"{algorithm} needs a key of {_KEY_BYTES[algorithm]} bytes, not {len(key)}")
    return _ALGORITHMS[algorithm], key
