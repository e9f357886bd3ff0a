"""Who signs (did:web): an identifier that is a place on the web, and the document served there."""

from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from chuangpei.credentials.documents import Document, Malformed
from chuangpei.credentials.signing import PublicKey, public_key

_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def did_of(url: str) -> str:
    """The did:web of a place, such as ``did:web:example.cn:cert`` for ``https://example.cn/cert``."""
    parts = urlsplit(url)
    path = [quote(step, safe="") for step in parts.path.split("/") if step]
    return ":".join(["did:web", quote(parts.netloc, safe=""), *path])


def document(did: str, keys: Iterable[PublicKey]) -> Document:
    """The DID document with every key that is still trusted, each as a Multikey and as a JWK."""
    methods = []
    for key in keys:
        of_key = {"id": f"{did}#{key.key_id}", "controller": did}
        methods.append(of_key | {"type": "Multikey", "publicKeyMultibase": key.multibase()})
    names = [method["id"] for method in methods]
    return {"@context": _CONTEXTS, "id": did, "verificationMethod": methods, "assertionMethod": names}


def keys_in(document: Document) -> dict[str, PublicKey]:
    """The keys that a DID document trusts for assertions, by name.

    Raises :class:`Malformed` where it is none, or names a key of no known algorithm.
    """
    did, methods = document.get("id"), document.get("verificationMethod")
    trusted = document.get("assertionMethod")
    if not isinstance(did, str) or not isinstance(methods, list) or not isinstance(trusted, list):
        raise Malformed("no DID document")
    keys: dict[str, PublicKey] = {}
    for method in methods:
        if not isinstance(method, dict) or not isinstance(method.get("publicKeyMultibase"), str):
            raise Malformed("a key that is no Multikey")
        of, name = key_named(str(method.get("id")))
        if of == did and method["id"] in trusted:
            keys[name] = public_key(name, method["publicKeyMultibase"])
    return keys


def key_named(method: str) -> tuple[str, str]:
    """The DID and the key's name in a verification method. Raises :class:`Malformed` where there is none."""
    did, mark, name = method.partition("#")
    if not mark or not did.startswith("did:web:") or not name:
        raise Malformed("the key is not named by a did:web")
    return did, name
