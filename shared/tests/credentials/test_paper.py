"""The code on paper: small, checkable by a library that nobody here wrote, and no bomb."""

import zlib
from datetime import date

import base45
import cbor2
import pytest
import segno
from chuangpei.credentials import paper
from chuangpei.credentials.documents import Malformed
from chuangpei.credentials.signing import Ed25519Signer
from chuangpei.testing.credentials import DID, Office
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cwt import COSE, COSEKey

SIGNER = Ed25519Signer("2026-1", Ed25519PrivateKey.generate())


def code_of(content: bytes) -> str:
    packed: bytes = base45.b45encode(zlib.compress(content, 9))
    return paper.PREFIX + packed.decode()


def test_the_code_fits_on_paper_even_for_long_names(office: Office) -> None:
    fact = {
        "k": "H",
        "n": "阿卜杜拉·买买提·艾山江·吐尔逊",
        "o": "上海市浦东新区某某职业技能培训中心",
        "p": "SHANGHAI-IYB-2026",
    }
    said = paper.Paper(DID, "SH2026H56SDTZKS60A", date(2026, 5, 2), 99, 8_388_607, fact)
    text = paper.code(said, office.signer)
    code = segno.make(text, error="m", micro=False, boost_error=False)
    assert int(code.version) <= 13
    assert code.mode == "alphanumeric"
    assert b"<svg" in paper.svg(text)


def test_what_does_not_fit_is_refused_when_it_is_made() -> None:
    fact = {"o": "".join(chr(0x4E00 + number * 37) for number in range(120))}
    text = paper.code(paper.Paper(DID, "SH2026H56SDTZKS60A", date(2026, 5, 2), 1, 1, fact), SIGNER)
    with pytest.raises(ValueError, match="too fine"):
        paper.svg(text)


def test_another_librarys_cose_verifies_it() -> None:
    text = Office(SIGNER).code()
    signed = zlib.decompress(base45.b45decode(text.removeprefix(paper.PREFIX)))
    key = COSEKey.from_jwk(SIGNER.public.jwk() | {"kid": "2026-1"})
    claims = cbor2.loads(COSE.new().decode(signed, key))
    assert claims[1] == DID
    assert claims[7] == b"SH2026H56SDTZKS60A"


def test_the_code_says_what_the_paper_says() -> None:
    key_id, found = paper.opened(Office(SIGNER).code())
    assert key_id == "2026-1"
    assert (found.number, found.issued_on, found.fact["n"]) == (
        "SH2026H56SDTZKS60A",
        date(2026, 5, 2),
        "张三丰",
    )


def test_a_code_that_unpacks_to_megabytes_is_refused_unread() -> None:
    with pytest.raises(Malformed):
        paper.opened(code_of(b"\0" * 1_000_000))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xa0",
        cbor2.dumps([b"", {}, b"", b""]),
        cbor2.dumps(cbor2.CBORTag(18, [b"", {}, b""])),
        cbor2.dumps(cbor2.CBORTag(18, [b"", {1: 1}, b"", b""])),
        cbor2.dumps(cbor2.CBORTag(18, [b"\xa0", {}, b"\xa0", b""])),
        cbor2.dumps(cbor2.CBORTag(98, [b"\xa0", {}, b"\xa0", b""])),
        cbor2.dumps(cbor2.CBORTag(18, [b"\xa1\x01\x27", {}, b"\xa0", b""])) + b"\0",
        b"\x9f" * 2_000,
        b"\x81" * 4_000,
        b"\xd8\x1c" * 1_000,
    ],
)
def test_what_is_no_signed_code_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        paper.opened(code_of(content))


def test_an_unsigned_algorithm_is_refused() -> None:
    for algorithm in (None, 0, 5, -7, -257, "none"):
        protected = cbor2.dumps({1: algorithm, 4: b"k"})
        with pytest.raises(Malformed):
            paper.opened(code_of(cbor2.dumps(cbor2.CBORTag(18, [protected, {}, b"\xa0", b""]))))
