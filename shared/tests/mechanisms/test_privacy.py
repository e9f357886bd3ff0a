"""Encrypted personal data: opened only with the key, in the place and in the form it was made for."""

import base64

import pytest
from chuangpei.privacy import CannotDecrypt, Keyring, Privacy, Sm4Gcm

AES = "aes256gcm:" + base64.b64encode(bytes(range(32))).decode()
OTHER_AES = "aes256gcm:" + base64.b64encode(bytes(range(1, 33))).decode()
SM4 = "sm4gcm:" + base64.b64encode(bytes(range(16))).decode()


@pytest.mark.parametrize("spec", [AES, SM4], ids=["AES-256-GCM", "SM4-GCM"])
@pytest.mark.parametrize("clear", ["", "11010519491231002X", "诸葛亮", "𠮷" * 500])
def test_what_was_encrypted_is_read_again(spec: str, clear: str) -> None:
    keyring = Keyring({"k1": spec}, "k1")

    value = keyring.encrypt(clear, "claim.name")

    assert keyring.decrypt(value, "claim.name") == clear
    assert not clear or clear not in value
    assert value.startswith("k1.")
    assert keyring.encrypt(clear, "claim.name") != value


def test_sm4_gcm_gives_the_published_vector_of_rfc_8998_a_2() -> None:
    cipher = Sm4Gcm(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    nonce = bytes.fromhex("00001234567800000000abcd")
    associated = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    clear = b"".join(bytes([byte]) * 8 for byte in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )

    assert cipher.encrypt(nonce, clear, associated) == sealed
    assert cipher.decrypt(nonce, sealed, associated) == clear


@pytest.mark.parametrize("spec", [AES, SM4], ids=["AES-256-GCM", "SM4-GCM"])
def test_a_value_moved_into_another_field_does_not_open(spec: str) -> None:
    keyring = Keyring({"k1": spec}, "k1")
    value = keyring.encrypt("6222 0012", "claim.account")

    with pytest.raises(CannotDecrypt):
        keyring.decrypt(value, "claim.name")


@pytest.mark.parametrize("spec", [AES, SM4], ids=["AES-256-GCM", "SM4-GCM"])
def test_a_value_changed_anywhere_does_not_open(spec: str) -> None:
    keyring = Keyring({"k1": spec}, "k1")
    key_id, _, encoded = keyring.encrypt("secret", "p").partition(".")
    sealed = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))

    for place in range(len(sealed)):
        changed = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
        with pytest.raises(CannotDecrypt):
            keyring.decrypt(f"{key_id}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}", "p")
    for length in range(len(sealed)):
        with pytest.raises(CannotDecrypt):
            keyring.decrypt(f"{key_id}.{base64.urlsafe_b64encode(sealed[:length]).decode()}", "p")


@pytest.mark.parametrize("value", ["", ".", "k1", "k1.", "k1.a", "k2.AAAA", "k1.AA!A", "k1.é", "k1.AAAA\n"])
def test_what_is_no_encrypted_value_does_not_open(value: str) -> None:
    with pytest.raises(CannotDecrypt):
        Keyring({"k1": AES}, "k1").decrypt(value, "p")


def test_a_value_made_under_an_earlier_key_still_opens_after_a_change_of_keys() -> None:
    before = Keyring({"k1": AES}, "k1")
    old = before.encrypt("secret", "p")

    after = Keyring({"k1": AES, "k2": SM4}, "k2")

    assert after.decrypt(old, "p") == "secret"
    assert after.encrypt("secret", "p").startswith("k2.")
    with pytest.raises(CannotDecrypt):
        before.decrypt(after.encrypt("secret", "p"), "p")


def test_a_key_of_the_same_id_but_another_content_does_not_open() -> None:
    value = Keyring({"k1": AES}, "k1").encrypt("secret", "p")

    with pytest.raises(CannotDecrypt):
        Keyring({"k1": OTHER_AES}, "k1").decrypt(value, "p")


@pytest.mark.parametrize(
    ("keys", "current"),
    [
        ({"k1": AES}, "k2"),
        ({}, "k1"),
        ({"a.b": AES}, "a.b"),
        ({"": AES}, ""),
        ({"k1": "aes256gcm:AAAA"}, "k1"),
        ({"k1": AES.replace("aes256gcm", "sm4gcm")}, "k1"),
        ({"k1": "des:AAAA"}, "k1"),
        ({"k1": "aes256gcm:not base64"}, "k1"),
        ({"k1": "aes256gcm"}, "k1"),
    ],
)
def test_malformed_keys_are_refused_at_the_start(keys: dict[str, str], current: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Keyring(keys, current)


def test_a_person_has_one_key_under_one_secret_and_another_under_another() -> None:
    keyring = Keyring({"k1": AES}, "k1")
    privacy = Privacy(keyring, keyring, b"a secret of thirty-two bytes ....")
    other = Privacy(keyring, keyring, b"another secret of thirty-two bytes")

    key = privacy.person_key("11010519491231002X")

    assert key == privacy.person_key("11010519491231002X")
    assert key not in (privacy.person_key("110105194912310021"), other.person_key("11010519491231002X"))
    assert len(key) == 64
