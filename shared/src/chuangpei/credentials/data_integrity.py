"""Embedded proofs (W3C Data Integrity 1.0): ``eddsa-jcs-2022``, and the same shape for SM2.

The signature covers SHA-256 of the canonical proof options followed by SHA-256 of the canonical document.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import base58

from chuangpei.credentials.documents import Document, Malformed, canonical
from chuangpei.credentials.encoding import instant
from chuangpei.credentials.signing import Algorithm, PublicKey, Signer

CRYPTOSUITES: Mapping[Algorithm, str] = {
    Algorithm.ED25519: "eddsa-jcs-2022",
    # No W3C suite has SM2; by private agreement it is the same with SM2 and SM3 in the place of Ed25519.
    Algorithm.SM2: "sm2-jcs-chuangpei-2026",
}
_PROOF_LENGTH = 120


def secured(document: Document, signer: Signer, did: str, created: datetime) -> Document:
    """The document with its proof; ``created`` is the instant (UTC) of signing, kept to the second."""
    options: Document = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITES[signer.public.algorithm],
        "created": instant(created),
        "verificationMethod": f"{did}#{signer.public.key_id}",
        "proofPurpose": "assertionMethod",
    }
    if "@context" in document:
        options["@context"] = document["@context"]
    signature = signer.sign(_hashed(options, document))
    return {**document, "proof": options | {"proofValue": "z" + base58.b58encode(signature).decode()}}


def proof_of(document: Document) -> Document:
    """The one proof of a secured document. Raises :class:`Malformed` where it has none, or several."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.get("type") != "DataIntegrityProof":
        raise Malformed("no Data Integrity proof")
    if not all(isinstance(proof.get(name), str) for name in _TEXTS):
        raise Malformed("the proof lacks a member")
    if proof["proofPurpose"] != "assertionMethod" or proof["cryptosuite"] not in CRYPTOSUITES.values():
        raise Malformed("a proof of another purpose or suite")
    return proof


def is_intact(document: Document, key: PublicKey) -> bool:
    """Whether the key made the proof over exactly this document.

    Raises :class:`Malformed` where the proof is not one of ours, or of another algorithm than the key's.
    """
    proof = proof_of(document)
    if proof["cryptosuite"] != CRYPTOSUITES[key.algorithm]:
        raise Malformed("a proof of another algorithm than its key")
    if proof.get("@context", document.get("@context")) != document.get("@context"):
        return False
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    return key.verifies(_hashed(options, unsecured), _signature(proof["proofValue"]))


_TEXTS = ("cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue")


def _hashed(options: Document, document: Document) -> bytes:
    return sha256(canonical(options)).digest() + sha256(canonical(document)).digest()


def _signature(proof_value: str) -> bytes:
    if not proof_value.startswith("z") or len(proof_value) > _PROOF_LENGTH:
        raise Malformed("the proof value is no base58-btc")
    try:
        return base58.b58decode(proof_value[1:])
    except ValueError as error:
        raise Malformed("the proof value is no base58-btc") from error
