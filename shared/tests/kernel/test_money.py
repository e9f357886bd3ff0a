"""Money in fen: D11."""

import re

import pytest
from chuangpei.kernel.money import Fen, yuan
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (180000, "1800.00"),
        (0, "0.00"),
        (5, "0.05"),
        (99, "0.99"),
        (100, "1.00"),
        (-5, "-0.05"),
        (-180001, "-1800.01"),
        (10**17 + 1, "1000000000000000.01"),
    ],
)
def test_fen_read_as_yuan_with_two_decimals(fen: int, text: str) -> None:
    assert yuan(Fen(fen)) == text


@given(st.integers())
def test_the_digits_of_the_amount_are_never_lost(fen: int) -> None:
    text = yuan(Fen(fen))
    assert re.fullmatch(r"-?\d+\.\d\d", text)
    assert int(text.replace(".", "")) == fen
