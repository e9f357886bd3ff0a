"""Status lists: the right bit, large enough to hide in, and no bomb."""

import gzip
import time

import pytest
from chuangpei.credentials import status_list
from chuangpei.credentials.documents import Malformed
from chuangpei.credentials.encoding import base64url
from chuangpei.credentials.status_list import LEAST_ENTRIES, MOST_ENTRIES, packed, unpacked


def revoked_in(encoded: str, index: object, purpose: str = "revocation") -> bool:
    listed = {
        "id": "https://x/1",
        "credentialSubject": {"statusPurpose": "revocation", "encodedList": encoded},
    }
    entry = status_list.entry("https://x/1", 0) | {"statusListIndex": index, "statusPurpose": purpose}
    return status_list.is_revoked(listed, entry)


def test_exactly_the_revoked_are_revoked() -> None:
    revoked = {0, 7, 8, 100_000, LEAST_ENTRIES - 1}
    encoded = packed(LEAST_ENTRIES, revoked)
    for index in [*range(20), 99_999, 100_000, 100_001, LEAST_ENTRIES - 2, LEAST_ENTRIES - 1]:
        assert revoked_in(encoded, str(index)) == (index in revoked)


def test_the_first_entry_is_the_highest_bit_of_the_first_byte() -> None:
    assert unpacked(packed(LEAST_ENTRIES, [0]))[0] == 0x80


def test_the_same_revocations_give_the_same_list() -> None:
    assert packed(LEAST_ENTRIES, [5, 3]) == packed(LEAST_ENTRIES, [3, 5])


def test_a_list_small_enough_to_single_somebody_out_is_not_made() -> None:
    with pytest.raises(ValueError, match="at least"):
        packed(LEAST_ENTRIES - 8, [])
    with pytest.raises(ValueError, match="outside"):
        packed(LEAST_ENTRIES, [LEAST_ENTRIES])


@pytest.mark.parametrize("index", [str(LEAST_ENTRIES), "-1", "1.0", "١", "", 7, None, "9" * 30])
def test_an_index_that_is_none_is_refused(index: object) -> None:
    with pytest.raises(Malformed):
        revoked_in(packed(LEAST_ENTRIES, []), index)


def test_a_list_of_another_purpose_is_refused() -> None:
    with pytest.raises(Malformed, match="purpose"):
        revoked_in(packed(LEAST_ENTRIES, []), "1", purpose="suspension")


@pytest.mark.parametrize(
    "encoded",
    [
        None,
        "",
        "u",
        "uAAAA",
        "x" + packed(LEAST_ENTRIES, [])[1:],
        packed(LEAST_ENTRIES, [])[:-4],
        "u" + base64url(gzip.compress(b"\0" * (LEAST_ENTRIES // 8 - 1))),
        "u" + base64url(gzip.compress(b"\0" * (MOST_ENTRIES // 8 + 1))),
        "u" + base64url(gzip.compress(b"\0" * 200_000_000, 1)),
    ],
    ids=["nothing", "empty", "only u", "no gzip", "another base", "cut", "too small", "too large", "bomb"],
)
def test_what_is_no_list_is_refused_within_bounds(encoded: object) -> None:
    began = time.process_time()
    with pytest.raises(Malformed):
        unpacked(encoded)
    assert time.process_time() - began < 2, "a bomb is not unpacked"
