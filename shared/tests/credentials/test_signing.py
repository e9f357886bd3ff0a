"""Signing keys: the published vectors, and nobody's key but one's own verifies."""

import base64

import pytest
from chuangpei.credentials.did_web import did_of, document, key_named, keys_in
from chuangpei.credentials.documents import Malformed
from chuangpei.credentials.signing import (
    Algorithm,
    Ed25519Signer,
    PublicKey,
    Signer,
    Sm2Signer,
    public_key,
)
from chuangpei.testing.credentials import DID, SIGNERS
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from gmssl import sm2

every_algorithm = pytest.mark.parametrize("algorithm", sorted(SIGNERS))


def test_sm2_signs_the_vector_of_gm_t_0003_5() -> None:
    """GM/T 0003.5-2012 A.2: the recommended curve, the default identifier, the message "message digest"."""
    private = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
    drawn = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
    signer = Sm2Signer("vector", private, lambda _: drawn)
    assert signer.public.raw.hex().upper() == (
        "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
    )
    assert signer.sign(b"message digest").hex().upper() == (
        "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
        "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
    )


def test_another_librarys_sm2_verifies_what_ours_signed() -> None:
    signer = Sm2Signer("k", b"\x39" * 32)
    other = sm2.CryptSM2(private_key="", public_key=signer.public.raw.hex())
    signature = signer.sign("证书".encode()).hex()
    assert other.verify_with_sm3(signature, "证书".encode())
    assert not other.verify_with_sm3(signature, "假证".encode())


def test_ed25519_signs_the_vector_of_rfc_8032() -> None:
    """RFC 8032 7.1 test 2."""
    private = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    signer = Ed25519Signer("vector", Ed25519PrivateKey.from_private_bytes(private))
    assert (
        signer.sign(b"\x72")
        .hex()
        .startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")
    )


@every_algorithm
def test_a_signature_verifies_with_its_own_key_and_message_alone(algorithm: str) -> None:
    signer = SIGNERS[algorithm]("1")
    signature = signer.sign(b"message")
    assert signer.public.verifies(b"message", signature)
    assert not signer.public.verifies(b"massage", signature)
    assert not Ed25519Signer("2", Ed25519PrivateKey.generate()).public.verifies(b"message", signature)
    assert not Sm2Signer("3", b"\x17" * 32).public.verifies(b"message", signature)


@every_algorithm
@pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"x" * 63, b"x" * 65])
def test_nonsense_is_no_signature(algorithm: str, signature: bytes) -> None:
    assert not SIGNERS[algorithm]("1").public.verifies(b"message", signature)


@every_algorithm
def test_a_key_is_read_back_from_its_multikey(algorithm: str) -> None:
    public = SIGNERS[algorithm]("1").public
    assert public_key("1", public.multibase()) == public


@pytest.mark.parametrize(
    "text", ["", "z", "z0OIl", "uAAAA", "z6Mk", "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"]
)
def test_a_key_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        public_key("1", text)


@every_algorithm
def test_the_jwk_names_key_and_algorithm(algorithm: str) -> None:
    public = SIGNERS[algorithm]("2026-1").public
    jwk = public.jwk()
    assert (jwk["kid"], jwk["use"]) == ("2026-1", "sig")
    assert base64.urlsafe_b64decode(jwk["x"] + "=") == public.raw[:32]


def test_a_did_web_is_a_place_on_the_web() -> None:
    assert did_of("https://chuangpei.example/cert") == "did:web:chuangpei.example:cert"
    assert did_of("http://127.0.0.1:8000/cert/") == "did:web:127.0.0.1%3A8000:cert"
    assert did_of("https://chuangpei.example") == "did:web:chuangpei.example"


def test_the_did_document_gives_back_the_keys_it_trusts() -> None:
    keys = [SIGNERS[name](name).public for name in sorted(SIGNERS)]
    told = document(DID, keys)
    assert keys_in(told) == {key.key_id: key for key in keys}
    told["assertionMethod"] = told["assertionMethod"][:1]
    assert set(keys_in(told)) == {"Ed25519"}


@pytest.mark.parametrize(
    "broken", [{}, {"id": DID}, {"id": DID, "verificationMethod": [1], "assertionMethod": []}]
)
def test_what_is_no_did_document_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        keys_in(broken)


@pytest.mark.parametrize("method", ["", "did:web:x", "did:web:x#", "did:key:x#x", "https://x#x"])
def test_a_key_is_named_by_a_did_web(method: str) -> None:
    with pytest.raises(Malformed):
        key_named(method)


def test_keys_of_both_algorithms_stand_side_by_side() -> None:
    signers: list[Signer] = [SIGNERS[name](name) for name in sorted(SIGNERS)]
    assert [one.public.algorithm for one in signers] == [Algorithm.ED25519, Algorithm.SM2]
    assert all(isinstance(one.public, PublicKey) for one in signers)
