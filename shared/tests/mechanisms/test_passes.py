"""Short-lived passes: signed, for one thing, good for a while, and nothing else is one."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from chuangpei.passes import Pass, Passes
from chuangpei.privacy import Keyring
from hypothesis import given
from hypothesis import strategies as st

KEYS = {f"k{number}": "aes256gcm:" + base64.b64encode(bytes([number] * 32)).decode() for number in (1, 2)}
PURPOSE = "a purpose"
PASSES = Passes(Keyring(KEYS, "k1"), PURPOSE)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PASS = Pass(UUID(int=7), NOW, NOW + timedelta(seconds=30))


def test_a_pass_is_read_as_it_was_signed_and_is_signed_alike_by_every_process():
    text = PASSES.sign(PASS)
    assert PASSES.read(text) == PASS
    assert Passes(Keyring(KEYS, "k1"), PURPOSE).sign(PASS) == text


def test_a_pass_of_the_key_before_is_still_read_after_a_change_of_keys():
    assert Passes(Keyring(KEYS, "k2"), PURPOSE).read(PASSES.sign(PASS)) == PASS
    assert Passes(Keyring({"k2": KEYS["k2"]}, "k2"), PURPOSE).read(PASSES.sign(PASS)) is None


def test_a_pass_is_signed_for_its_purpose_and_by_no_key_that_encrypts():
    keyring = Keyring(KEYS, "k1")
    raw = base64.b64decode(KEYS["k1"].partition(":")[2])
    assert keyring.derived(PURPOSE) != keyring.derived("another purpose")
    assert raw not in keyring.derived(PURPOSE).values()


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()))
def test_nothing_else_is_a_pass(text):
    assert PASSES.read(text) is None


@given(st.data())
def test_a_pass_with_any_other_letter_in_it_says_nothing_or_the_same(data):
    text = PASSES.sign(PASS)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABCDwxyz0189-_."))
    # The last letter of a signature carries spare bits, so another letter may mean the same bytes.
    assert PASSES.read(text[:place] + other + text[place + 1 :]) in (None, PASS)


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS512", "kid": "k1"}, {"alg": "HS256"}])
def test_a_pass_says_not_itself_how_it_is_to_be_checked(header):
    _, claims, signature = PASSES.sign(PASS).split(".")
    forged = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    assert PASSES.read(f"{forged}.{claims}.{signature}") is None
    assert PASSES.read(f"{forged}.{claims}.") is None


def test_a_pass_for_another_purpose_says_nothing_here():
    assert Passes(Keyring(KEYS, "k1"), "another purpose").read(PASSES.sign(PASS)) is None


def test_a_pass_is_good_until_its_last_instant_and_no_longer():
    assert PASS.good_at(PASS.until)
    assert not PASS.good_at(PASS.until + timedelta(microseconds=1))
