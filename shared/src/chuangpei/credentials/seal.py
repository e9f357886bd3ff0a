"""Seals (电子签章): keys that sign documents, each with the X.509 certificate that readers of PDF know it by.

They lie in a folder outside the database, named like the keys of :mod:`chuangpei.credentials.keystore`:
``2026-1.pem`` has a private key (PKCS 8; RSA or on an elliptic curve) and its certificates, its own first,
then those of whoever vouches for it; ``2025-1.crt`` is the certificate of a seal that signs no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from chuangpei.credentials.documents import Malformed
from chuangpei.credentials.keystore import BadKey, private_content, written_privately

_USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
_LIVES = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seal:
    """A private key (PKCS 8) and its certificates, its own first, all in DER."""

    key: bytes = field(repr=False)
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Seals:
    """The seal that signs, and by name the certificate of every seal whose documents are still trusted."""

    seal: Seal
    trusted: Mapping[str, bytes]


def load(folder: Path, current: str) -> Seals:
    """All seals of the folder; ``current`` names the one that signs.

    Raises :class:`BadKey` for a file that is none, a private key that others may read or that is not its
    certificate's, a name that stands twice, or a ``current`` that is not there.
    """
    seals: dict[str, Seal] = {}
    trusted: dict[str, bytes] = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.suffix not in (".pem", ".crt"):
            continue
        if file.stem in trusted:
            raise BadKey(f"{file.name}: the name stands twice")
        if file.suffix == ".pem":
            seals[file.stem] = _seal(file)
            trusted[file.stem] = seals[file.stem].certificates[0]
        else:
            trusted[file.stem] = _der(_certificates(file, file.read_bytes())[0])
    if current not in seals:
        raise BadKey(f"there is no seal {current} in {folder}")
    return Seals(seals[current], trusted)


def create(folder: Path, name: str, owner: str) -> Path:
    """Makes a seal that vouches for itself, for development and tests: readers of PDF do not know it.

    Raises ``FileExistsError`` for a name in use.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(file.stem == name for file in folder.iterdir()):
        raise FileExistsError(name)
    key = generate_private_key(SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return written_privately(
        folder / f"{name}.pem", pem + _own_certificate(key, owner).public_bytes(Encoding.PEM)
    )


def as_pem(certificate: bytes) -> str:
    """A certificate in DER as the text that every tool reads."""
    return x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM).decode()


def from_pem(text: str) -> bytes:
    """The certificate in DER. Raises :class:`Malformed` for anything else."""
    try:
        return _der(x509.load_pem_x509_certificate(text.encode()))
    except ValueError as error:
        raise Malformed("no certificate") from error


def _own_certificate(key: EllipticCurvePrivateKey, owner: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, owner)])
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), *_LIVES)
    basic = x509.BasicConstraints(ca=False, path_length=None)
    return (
        made.add_extension(basic, critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _seal(file: Path) -> Seal:
    content = private_content(file)
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{file.name}: no private key") from error
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise BadKey(f"{file.name}: neither RSA nor on an elliptic curve")
    chain = _certificates(file, content)
    public = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if chain[0].public_key().public_bytes(*public) != key.public_key().public_bytes(*public):
        raise BadKey(f"{file.name}: the first certificate is not the key's")
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return Seal(private, tuple(_der(one) for one in chain))


def _certificates(file: Path, content: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise BadKey(f"{file.name}: no certificate") from error


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
