"""Signing keys in a folder outside the database, one file a key, named by the key.

``2026-1.pem`` is an Ed25519 private key (PKCS 8), ``2026-1.sm2`` one of SM2 (32 bytes in hexadecimal),
``2025-1.pub`` the public half of a key that signs no more (a Multikey text). To change keys: put the new one
in, name it in the settings, and keep the public half of the old one while its certificates are checked.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from chuangpei.credentials.documents import Malformed
from chuangpei.credentials.signing import (
    Algorithm,
    Ed25519Signer,
    Keys,
    PublicKey,
    Signer,
    Sm2Signer,
    public_key,
)


class BadKey(Exception):  # noqa: N818  # reads as what is wrong
    """A key file that must not be used as it is, by its name and the reason."""


def load(folder: Path, current: str) -> Keys:
    """All keys of the folder; ``current`` names the one that signs.

    Raises :class:`BadKey` for a file that is no key, a private one that others may read, a name that stands
    twice, or a ``current`` that is not there.
    """
    signers: dict[str, Signer] = {}
    public: dict[str, PublicKey] = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.stem in public:
            raise BadKey(f"{file.name}: the name stands twice")
        if file.suffix == ".pub":
            public[file.stem] = _retired(file)
        elif file.suffix in _READ:
            signers[file.stem] = signer = _READ[file.suffix](file)
            public[file.stem] = signer.public
    if current not in signers:
        raise BadKey(f"there is no private key {current} in {folder}")
    return Keys(signers[current], public)


def create(folder: Path, key_id: str, algorithm: Algorithm = Algorithm.ED25519) -> Path:
    """Makes a private key that its owner alone may read. Raises ``FileExistsError`` for a name in use."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(_files_of(folder, key_id)):
        raise FileExistsError(key_id)
    suffix, content = _made(algorithm)
    return written_privately(folder / f"{key_id}{suffix}", content)


def written_privately(file: Path, content: bytes) -> Path:
    """The new file, which its owner alone may read. Raises ``FileExistsError`` where there is one."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    return file


def private_content(file: Path) -> bytes:
    """What stands in a private file. Raises :class:`BadKey` where others than its owner may read it."""
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadKey(f"{file.name}: others than its owner may read it")
    return file.read_bytes()


def _files_of(folder: Path, key_id: str) -> Iterator[Path]:
    return (file for file in folder.iterdir() if file.stem == key_id)


def _made(algorithm: Algorithm) -> tuple[str, bytes]:
    if algorithm is Algorithm.SM2:
        return ".sm2", secrets.token_bytes(32).hex().encode()
    key = Ed25519PrivateKey.generate()
    return ".pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _ed25519(file: Path) -> Signer:
    try:
        key = load_pem_private_key(private_content(file), None)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{file.name}: no private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{file.name}: no Ed25519 key")
    return Ed25519Signer(file.stem, key)


def _sm2(file: Path) -> Signer:
    try:
        private = bytes.fromhex(private_content(file).decode())
        if len(private) != 32:
            raise ValueError("of another length")
        return Sm2Signer(file.stem, private)
    except ValueError as error:
        raise BadKey(f"{file.name}: no SM2 key") from error


def _retired(file: Path) -> PublicKey:
    try:
        return public_key(file.stem, file.read_text().strip())
    except (Malformed, UnicodeError) as error:
        raise BadKey(f"{file.name}: no Multikey") from error


_READ = {".pem": _ed25519, ".sm2": _sm2}
