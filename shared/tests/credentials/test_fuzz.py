"""Whatever bytes come in, checking answers with a verdict, and never with VALID unless they were signed."""

import zlib

import base45
import cbor2
from chuangpei.credentials import paper
from chuangpei.credentials.checking import Verdict
from chuangpei.credentials.documents import canonical
from chuangpei.testing.credentials import SIGNERS, Office
from hypothesis import given, settings
from hypothesis import strategies as st

OFFICE = Office(SIGNERS["Ed25519"]("2026-1"))
OFFICE.publish()
PDF = OFFICE.pdf()
GOOD = [content for name, content in OFFICE.carriers().items() if name != "pdf"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
CBOR = st.recursive(
    st.none() | st.booleans() | st.integers() | st.binary(max_size=40) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.integers() | st.text(max_size=8), inner, max_size=4)
        | st.builds(cbor2.CBORTag, st.integers(0, 300), inner)
    ),
    max_leaves=10,
)


@given(st.binary(max_size=2_000))
def test_random_bytes(content: bytes) -> None:
    assert OFFICE.check(content).verdict is Verdict.MALFORMED


@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 255)), min_size=1, max_size=4),
)
def test_good_carriers_with_changed_bytes(good: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(good)
    for place, by in changes:
        changed[place % len(changed)] ^= by
    if bytes(changed) != good:
        assert OFFICE.check(bytes(changed)).verdict is not Verdict.VALID


@given(st.lists(st.tuples(st.integers(0, len(PDF) - 1), st.integers(1, 255)), min_size=1, max_size=4))
def test_pdfs_with_changed_bytes_say_nothing_else(changes: list[tuple[int, int]]) -> None:
    """What wraps the signature is signed by nobody; changing it changes nothing that is said."""
    changed = bytearray(PDF)
    for place, by in changes:
        changed[place] ^= by
    found = OFFICE.check(bytes(changed))
    assert found.verdict is not Verdict.VALID or found == OFFICE.check(PDF)


@given(CBOR.map(cbor2.dumps) | st.binary(max_size=400), st.binary(max_size=200))
def test_pdfs_with_a_signature_of_any_shape(signature: bytes, page: bytes) -> None:
    head = b"%PDF-1.7\n" + page.replace(b"/ByteRange", b"") + b"/ByteRange [0 "
    gap = b"<" + signature.hex().encode() + b">"
    before = len(head) + 18
    ranges = b"%05d %05d %05d]" % (before, before + len(gap), 3)
    assert OFFICE.check(head + ranges + gap + b"EOF").verdict is Verdict.MALFORMED


@given(st.sampled_from([*GOOD, PDF]), st.integers(0, 5_000))
def test_good_carriers_cut_short(good: bytes, length: int) -> None:
    assert OFFICE.check(good[: length % len(good)]).verdict is not Verdict.VALID


@given(st.dictionaries(st.sampled_from(sorted(OFFICE.credential())), JSON, max_size=9))
def test_credentials_with_members_of_any_shape(members: dict[str, object]) -> None:
    try:
        content = canonical(OFFICE.credential() | members)
    except ValueError:
        return
    if members:
        assert OFFICE.check(content).verdict is not Verdict.VALID


@given(JSON)
def test_proofs_of_any_shape(proof: object) -> None:
    try:
        content = canonical(OFFICE.document() | {"proof": proof})
    except ValueError:
        return
    assert OFFICE.check(content).verdict is Verdict.MALFORMED


@settings(max_examples=200)
@given(CBOR, CBOR, CBOR)
def test_codes_of_any_shape(protected: object, payload: object, whole: object) -> None:
    signed = cbor2.CBORTag(18, [cbor2.dumps(protected), {}, cbor2.dumps(payload), b"\0" * 64])
    for content in (cbor2.dumps(signed), cbor2.dumps(whole)):
        text = paper.PREFIX.encode() + base45.b45encode(zlib.compress(content))
        assert OFFICE.check(text).verdict in (Verdict.MALFORMED, Verdict.UNKNOWN_SIGNER)
