"""The credential as a VC-JWT (W3C VC-JOSE-COSE): a JWS whose payload is the credential itself."""

from collections.abc import Mapping

from chuangpei.credentials.documents import MAX_BYTES, Document, Malformed, canonical, read
from chuangpei.credentials.encoding import base64url, from_base64url
from chuangpei.credentials.signing import Algorithm, PublicKey, Signer

ALGORITHMS: Mapping[Algorithm, str] = {Algorithm.ED25519: "EdDSA", Algorithm.SM2: "SM2SM3"}
TYPE = "vc+jwt"
_MOST_CHARACTERS = MAX_BYTES * 3 // 2


def signed(document: Document, signer: Signer, did: str) -> str:
    """The credential as a compact JWS with ``typ: vc+jwt`` and the key in ``kid``."""
    public = signer.public
    header = {"alg": ALGORITHMS[public.algorithm], "typ": TYPE, "kid": f"{did}#{public.key_id}"}
    message = f"{base64url(canonical(header))}.{base64url(canonical(document))}"
    return f"{message}.{base64url(signer.sign(message.encode()))}"


def opened(text: str) -> tuple[str, Document]:
    """The ``kid`` and the credential of a VC-JWT whose signature has not been looked at yet.

    Raises :class:`Malformed` for another type, an algorithm that is none of ours (``none`` among them), or a
    header that asks a reader to understand more.
    """
    header, payload, _ = _parts(text)
    if header.get("alg") not in ALGORITHMS.values():
        raise Malformed("another algorithm than a credential's")
    if header.get("typ") != TYPE or "crit" in header:
        raise Malformed("no VC-JWT")
    if not isinstance(header.get("kid"), str):
        raise Malformed("the key is not named")
    return header["kid"], payload


def is_intact(text: str, key: PublicKey) -> bool:
    """Whether the key signed exactly this text, by the key's own algorithm."""
    header, _, signature = _parts(text)
    if header.get("alg") != ALGORITHMS[key.algorithm]:
        return False
    return key.verifies(text.rpartition(".")[0].encode(), signature)


def _parts(text: str) -> tuple[Document, Document, bytes]:
    if len(text) > _MOST_CHARACTERS or not text.isascii():
        raise Malformed("no VC-JWT")
    parts = text.split(".")
    if len(parts) != 3:
        raise Malformed("no VC-JWT")
    try:
        header, payload, signature = (from_base64url(part) for part in parts)
    except ValueError as error:
        raise Malformed("no VC-JWT") from error
    return read(header, most_bytes=2_048), read(payload), signature
