"""Numbers nobody can guess from a neighbour, and that show a slip of the pen (C06)."""

import pytest
from cert_svc.certificates.number import ALPHABET, NO_NUMBER, canonical, draw, has_valid_check

NUMBER = "SH2026H7K3M01X2T0B"


def test_a_number_names_the_year_and_the_kind_and_has_eighteen_characters():
    assert draw("training_qualification", 2026).startswith("SH2026H")
    assert len(draw("training_qualification", 2026)) == 18
    assert draw("training_completion", 2027).startswith("SH2027J")
    assert draw("entrepreneurship_completion", 2030).startswith("SH2030C")


def test_letters_that_are_misread_as_digits_never_appear():
    drawn = "".join(draw("training_qualification", 2026) for _ in range(500))
    assert not set("ILOU") & set(drawn)


def test_ten_characters_follow_from_nothing():
    drawn = [draw("training_qualification", 2026)[7:17] for _ in range(2000)]
    assert len(set(drawn)) == len(drawn)
    for position in range(10):
        # 32 characters, 2000 draws: a character that never comes up would have a chance of 1e-27
        assert {number[position] for number in drawn} == set(ALPHABET)


def test_the_check_character_finds_every_single_wrong_character():
    assert has_valid_check(NUMBER)
    for position in range(7, 18):
        for character in ALPHABET:
            if character != NUMBER[position]:
                assert not has_valid_check(NUMBER[:position] + character + NUMBER[position + 1 :])


def test_the_check_character_finds_neighbours_that_changed_places():
    for position in range(7, 17):
        swapped = NUMBER[:position] + NUMBER[position + 1] + NUMBER[position] + NUMBER[position + 2 :]
        if swapped != NUMBER:
            assert not has_valid_check(swapped)


@pytest.mark.parametrize(
    "written",
    [
        NUMBER.lower(),
        f" {NUMBER[:7]} {NUMBER[7:]} ",
        f"{NUMBER[:7]}-{NUMBER[7:12]}-{NUMBER[12:]}",
        "".join(chr(ord(character) + 0xFEE0) for character in NUMBER),
        NUMBER.replace("0", "O").replace("1", "l"),
    ],
)
def test_a_number_is_read_however_people_write_it(written):
    assert canonical(written) == NUMBER


@pytest.mark.parametrize(
    "text",
    ["", "SH", NUMBER[:-1], NUMBER + "0", NUMBER + "\x00", "SH2026X" + NUMBER[7:], "9" * 10_000, "'--"],
)
def test_what_can_be_no_number_is_none(text):
    assert canonical(text) == NO_NUMBER
