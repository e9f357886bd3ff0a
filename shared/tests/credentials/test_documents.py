"""JSON read so that no two readers can take it differently, and within bounds."""

import json

import pytest
from chuangpei.credentials.documents import MAX_BYTES, MAX_DEPTH, Malformed, canonical, read
from chuangpei.credentials.encoding import base64url, from_base64url


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": {"b": 1, "b": 1}}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 9007199254740993}', "canonical"),
        (b'{"a": 1e999}', "canonical"),
        (b'{"a": "\\ud800"}', "canonical"),
        (b"[1]", "object"),
        (b"{", "JSON"),
        (b'{"a": 1} x', "JSON"),
        ('{"a": "é"}'.encode("latin-1"), "JSON"),
        ('{"a": 1}'.encode("utf-16"), "JSON"),
        (b"\xef\xbb\xbf{}", "JSON"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read(content)


def test_a_document_too_large_or_too_deep_is_refused() -> None:
    with pytest.raises(Malformed, match="larger"):
        read(b'{"a": "' + b"x" * MAX_BYTES + b'"}')
    for depth in (MAX_DEPTH, 500, 50_000):
        nested = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
        with pytest.raises(Malformed):
            read(nested)
    assert read(b'{"a":' + b"[" * (MAX_DEPTH - 2) + b"1" + b"]" * (MAX_DEPTH - 2) + b"}")


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    """The example of RFC 8785 3.2.3 in its essence: members by UTF-16 code units, numbers as ECMAScript."""
    told = json.loads(
        '{"\\u20ac": 1, "\\r": 2, "1": 3.0, "\\ud83d\\ude00": 1e21, "\\u0080": 0.000001, "\\ufb33": -0.0}'
    )
    assert canonical(told).decode() == ('{"\\r":2,"1":3,"\x80":0.000001,"€":1,"😀":1e+21,"\ufb33":0}')


@pytest.mark.parametrize("text", ["YQ==", "YR", "a", "Y Q", "YQ\n", "ä", "+/8"])
def test_base64url_has_one_text_for_one_value(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        from_base64url(text)


def test_base64url_gives_back_what_it_was_given() -> None:
    for content in (b"", b"a", b"\xff\xfe\xfd", bytes(range(256))):
        assert from_base64url(base64url(content)) == content
