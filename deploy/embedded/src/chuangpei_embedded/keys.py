"""The secrets of one data folder: made once, kept in ``secrets.json`` (0600), never printed."""

import base64
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from chuangpei.credentials import keystore, seal

SERVICES = ("training", "cert", "subsidy", "brand", "webhook")
"""The services of the platform, by the first segment of their addresses."""

FILE = "secrets.json"
ISSUER_FILE = "issuer.pem"
"""The private key of the development issuer, which keeps it itself (0600)."""
SIGNING_FOLDER = "signing-keys"
SIGNING_KEY = "embedded-1"
"""The key that signs the certificates of an embedded run, and the folder it is kept in."""
SEAL_FOLDER = "seals"
"""The folder of the seal of its documents, which has the same name."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Encryption keys as ``algorithm:base64``, and the secret behind ``person_key`` (个人标识)."""

    person_secret: str
    keys: Mapping[str, str]
    event_key: str

    @property
    def platform_secret(self) -> str:
        """What pushes to the simulated platform are signed with."""
        return hmac.digest(self.person_secret.encode(), b"platform", "sha256").hex()


def kept_secrets(folder: Path) -> Secrets:
    """The folder's secrets, made if it has none; safe when several processes start together."""
    file = folder / FILE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_once(file, _made())
    kept = Secrets(**json.loads(file.read_text()))
    return replace(
        kept, keys={service: kept.keys.get(service) or _later(kept, service) for service in SERVICES}
    )


def kept_signing_keys(folder: Path) -> Path:
    """The folder of the signing keys, with one made if there is none."""
    keys = folder / SIGNING_FOLDER
    if not keys.exists():
        keystore.create(keys, SIGNING_KEY)
    return keys


def kept_seals(folder: Path) -> Path:
    """The folder of the seals, with one that vouches for itself made if there is none."""
    seals = folder / SEAL_FOLDER
    if not seals.exists():
        seal.create(seals, SIGNING_KEY, "创培开发环境 · Chuangpei development")
    return seals


def _later(kept: Secrets, service: str) -> str:
    """The key of a service that is younger than the folder, the same each time and for every process."""
    derived = hmac.digest(kept.person_secret.encode(), f"key of {service}".encode(), "sha256")
    return f"aes256gcm:{base64.b64encode(derived).decode()}"


def _made() -> Secrets:
    return Secrets(
        person_secret=secrets.token_urlsafe(48),
        keys={service: _aes_key() for service in SERVICES},
        event_key=_aes_key(),
    )


def _aes_key() -> str:
    return f"aes256gcm:{base64.b64encode(os.urandom(32)).decode()}"


def _write_once(file: Path, made: Secrets) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=FILE)  # readable by this user alone
    with os.fdopen(handle, "w") as stream:
        json.dump(asdict(made), stream, indent=1)
        stream.flush()
        os.fsync(handle)
    try:
        os.link(name, file)  # unlike a rename, it leaves what another process just made
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
