"""What a notice shows of a person: D13."""

import pytest
from chuangpei.kernel.masking import mask_account, mask_name, mask_phone, masked
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三丰", "张*"),
        ("张三", "张*"),
        ("张", "张*"),
        ("欧阳娜娜", "欧阳*"),
        ("欧阳锋", "欧阳*"),
        ("欧 阳 锋", "欧阳*"),
        ("歐陽鋒", "歐陽*"),
        ("诸葛亮", "诸葛*"),
        ("欧阳", "欧*"),  # 欧 is the family name, 阳 the given one
        ("梁丘山", "梁*"),
        ("阿不都·热合曼", "阿*"),
        ("𠮷田", "𠮷*"),
        ("John Smith", "J*"),
        (" Ólafur", "Ó*"),
        ("", "*"),
        ("  ", "*"),
        ("*三丰", "三*"),
    ],
)
def test_only_the_family_name_of_a_person_is_readable(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@given(st.text())
def test_a_masked_name_ends_in_its_only_star_and_shows_two_characters_at_most(name: str) -> None:
    shown = mask_name(name)
    assert shown.endswith("*")
    assert shown.count("*") == 1
    assert len(shown) <= 3


@given(st.text(alphabet="一二三", min_size=1, max_size=1), st.text(alphabet="甲乙丙", min_size=1, max_size=9))
def test_the_length_of_a_given_name_does_not_show(family: str, given_name: str) -> None:
    assert mask_name(family + given_name) == f"{family}*"


def test_an_identity_number_shows_three_first_and_two_last() -> None:
    assert masked("11010519491231002X") == "110*************2X"


def test_a_phone_shows_three_first_and_four_last() -> None:
    assert mask_phone("13812345678") == "138****5678"


def test_an_account_shows_four_last() -> None:
    assert mask_account("6222021001112223334") == "***************3334"


@pytest.mark.parametrize("text", ["", "1", "12345", "1234567"])
def test_what_is_short_shows_nothing(text: str) -> None:
    assert mask_phone(text) == mask_account(text) == "*" * len(text)
    assert masked(text[:5]) == "*" * len(text[:5])


@given(st.text(alphabet="0123456789", max_size=30))
def test_masking_keeps_the_length(text: str) -> None:
    for mask in (masked, mask_phone, mask_account):
        assert len(mask(text)) == len(text)
