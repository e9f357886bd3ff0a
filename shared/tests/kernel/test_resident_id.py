"""Identity numbers by GB 11643."""

from datetime import date

import pytest
from chuangpei.kernel.refusals import Text
from chuangpei.kernel.resident_id import ResidentId, ResidentIdKind, make_resident_id, parse_resident_id
from hypothesis import given
from hypothesis import strategies as st

STANDARD_EXAMPLE = "11010519491231002X"  # the example in GB 11643

BIRTHS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
REGIONS = st.sampled_from(
    ["310115", "310103", "110000", "542301", "659001", "810000", "820000", "830000", "931156"]
)
NUMBERS = st.builds(make_resident_id, REGIONS, BIRTHS, st.integers(min_value=0, max_value=999))


def parsed(text: str) -> ResidentId:
    result = parse_resident_id(text)
    assert isinstance(result, ResidentId), result
    return result


def reason(text: str) -> str:
    result = parse_resident_id(text)
    assert isinstance(result, Text), result
    assert result.zh
    assert result.en
    return result.en


def test_the_example_of_the_standard_is_read() -> None:
    person = parsed(STANDARD_EXAMPLE)
    assert person.number == STANDARD_EXAMPLE
    assert person.birth_date == date(1949, 12, 31)
    assert person.kind is ResidentIdKind.RESIDENT


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("810000199408230021", ResidentIdKind.HK_MACAO_TAIWAN_RESIDENT),
        ("820000199003070017", ResidentIdKind.HK_MACAO_TAIWAN_RESIDENT),
        ("830000199201300022", ResidentIdKind.HK_MACAO_TAIWAN_RESIDENT),
        ("911124198108030024", ResidentIdKind.FOREIGN_PERMANENT_RESIDENT),
        ("310115199003070017", ResidentIdKind.RESIDENT),
    ],
)
def test_permits_are_read_and_told_apart(number: str, kind: ResidentIdKind) -> None:
    assert parsed(number).kind is kind


def test_a_person_born_after_the_county_was_abolished_is_read() -> None:
    # 310103 卢湾区 was merged into 黄浦区 in 2011; numbers with its code live on.
    assert parsed("310103201503070018").birth_date == date(2015, 3, 7)


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        " 110105 19491231 002X\n",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105\u300019491231\u00a0002X",
    ],
)
def test_full_width_spaces_and_a_small_x_are_read_as_meant(written: str) -> None:
    assert parsed(written).number == STANDARD_EXAMPLE


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "18 characters"),
        ("110105491231002", "18 characters"),  # the old number of 15 digits
        (STANDARD_EXAMPLE + "1", "18 characters"),
        ("1101051949123100XX", "17 digits"),
        ("11010519491231-02X", "17 digits"),
        ("11010519491231００2Y", "17 digits"),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X", "17 digits"),  # digits, but not those of the standard
        ("①1010519491231002X", "17 digits"),
        ("00010519491231002X", "region"),
        ("16010519491231002X", "region"),
        ("90010519491231002X", "region"),
        ("84000019491231002X", "region"),
        ("110105194902300021", "birth date"),
        ("110105194913310021", "birth date"),
        ("110105190002290021", "birth date"),  # 1900 was no leap year
        ("440524188001010014", "birth date"),  # right in itself, but before 1900
        ("110105000001010021", "birth date"),
        ("110105194912310021", "check character"),
        ("310115199003070010", "check character"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_the_reason(written: str, why: str) -> None:
    assert why in reason(written)


@given(NUMBERS, st.integers(min_value=0, max_value=17), st.sampled_from("0123456789X"))
def test_any_single_wrong_character_is_caught(number: str, place: int, character: str) -> None:
    wrong = number[:place] + character + number[place + 1 :]
    assert isinstance(parse_resident_id(wrong), ResidentId) == (wrong == number)


@given(NUMBERS, st.integers(min_value=0, max_value=16))
def test_two_neighbours_exchanged_are_caught(number: str, place: int) -> None:
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert isinstance(parse_resident_id(wrong), ResidentId) == (wrong == number)


@given(REGIONS, BIRTHS, st.integers(min_value=0, max_value=999))
def test_a_made_number_carries_what_it_was_made_of(region: str, birth: date, sequence: int) -> None:
    person = parsed(make_resident_id(region, birth, sequence))
    assert person.number.startswith(region)
    assert person.birth_date == birth
    assert person.number[14:17] == f"{sequence:03}"


@pytest.mark.parametrize(
    ("region", "birth", "sequence"),
    [
        ("000000", date(1990, 1, 1), 1),
        ("3101", date(1990, 1, 1), 1),
        ("31011a", date(1990, 1, 1), 1),
        ("310115", date(1899, 12, 31), 1),
        ("310115", date(1990, 1, 1), 1000),
        ("310115", date(1990, 1, 1), -10),
    ],
)
def test_parts_that_make_no_number_are_refused(region: str, birth: date, sequence: int) -> None:
    with pytest.raises(ValueError, match="identity number"):
        make_resident_id(region, birth, sequence)


@given(st.text())
def test_any_text_is_answered_with_a_reason(text: str) -> None:
    result = parse_resident_id(text)
    assert isinstance(result, Text)


def test_a_number_prints_itself_masked() -> None:
    assert repr(parsed(STANDARD_EXAMPLE)) == "ResidentId(110*************2X)"
    assert STANDARD_EXAMPLE not in f"{parsed(STANDARD_EXAMPLE)}"


def test_two_spellings_of_one_number_are_equal() -> None:
    assert parsed("11010519491231002x") == parsed(STANDARD_EXAMPLE)
    assert len({parsed("11010519491231002x"), parsed(STANDARD_EXAMPLE)}) == 1
