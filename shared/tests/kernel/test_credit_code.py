"""Unified social credit codes by GB 32100."""

import pytest
from chuangpei.kernel.credit_code import (
    CreditCode,
    check_error,
    make_credit_code,
    parse_credit_code,
    parse_credit_code_form,
)
from chuangpei.kernel.refusals import Text
from hypothesis import given
from hypothesis import strategies as st

FIRM = "91110000600037341L"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODES = st.builds(
    lambda authority, kind, region, organisation: make_credit_code(authority + kind + region + organisation),
    st.sampled_from("123456789ANY"),
    st.sampled_from("123459"),
    st.sampled_from(["310115", "310000", "100000", "000000"]),
    st.text(alphabet=ALPHABET, min_size=9, max_size=9),
)


def reason(text: str) -> str:
    result = parse_credit_code(text)
    assert isinstance(result, Text), result
    assert result.zh
    return result.en


@pytest.mark.parametrize(
    "code",
    [FIRM, "91330100799655058B", "914403001922038216", "9144030071526726XG", "12100000400002259P"],
)
def test_codes_in_use_are_read(code: str) -> None:
    assert parse_credit_code(code) == CreditCode(code)


@pytest.mark.parametrize("body", ["N2310115MF0000001", "A1310115MF0000001", "Y1310115MF0000001"])
def test_authorities_written_as_letters_are_read(body: str) -> None:
    assert parse_credit_code(make_credit_code(body)) == CreditCode(make_credit_code(body))


@pytest.mark.parametrize(
    "written", ["91110000600037341l", " 9111 0000 6000 3734 1L ", "９１１１００００６０００３７３４１Ｌ"]
)
def test_full_width_spaces_and_small_letters_are_read_as_meant(written: str) -> None:
    assert parse_credit_code(written) == CreditCode(FIRM)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "18 characters"),
        (FIRM[:-1], "18 characters"),
        (FIRM + "0", "18 characters"),
        ("91110000600037341I", "not allowed"),
        ("9111000060003734OL", "not allowed"),
        ("B1110000600037341L", "not allowed"),
        ("0111000060003734OL", "not allowed"),
        ("911100A0600037341L", "not allowed"),
        ("91110000-00037341L", "not allowed"),
        ("٩1110000600037341L", "not allowed"),
        ("91110000600037341M", "check character"),
        ("91110000600037314L", "check character"),
    ],
)
def test_a_code_that_cannot_be_is_refused_with_the_reason(written: str, why: str) -> None:
    assert why in reason(written)


@given(CODES, st.integers(min_value=0, max_value=17), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_caught(code: str, place: int, character: str) -> None:
    wrong = code[:place] + character + code[place + 1 :]
    assert isinstance(parse_credit_code(wrong), CreditCode) == (wrong == code)


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(parse_credit_code(text), Text)


@pytest.mark.parametrize("body", ["", "9131", "B1310115MA1K3ABC1", "91310115MA1K3ABCI", "91310115MA1K3ABC12"])
def test_characters_that_make_no_code_are_refused(body: str) -> None:
    with pytest.raises(ValueError, match="credit code"):
        make_credit_code(body)


def test_of_an_early_code_the_form_is_read_and_the_check_told() -> None:
    early = f" {FIRM[:-1].lower()}M "
    assert parse_credit_code_form(early) == FIRM[:-1] + "M"
    error = check_error(FIRM[:-1] + "M")
    assert error is not None
    assert "check character" in error.en
    assert check_error(FIRM) is None


@pytest.mark.parametrize("written", ["", FIRM[:-1], "B1110000600037341L", "91110000600037341I"])
def test_an_early_code_has_the_form_all_the_same(written: str) -> None:
    assert isinstance(parse_credit_code_form(written), Text)


def test_a_code_prints_as_itself() -> None:
    assert f"{CreditCode(FIRM)}" == FIRM
