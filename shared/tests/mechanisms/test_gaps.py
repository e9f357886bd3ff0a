"""Which ids a reader of growing ids has passed over."""

from chuangpei.gaps import Gaps
from hypothesis import given
from hypothesis import strategies as st


def ids_in(gaps: Gaps) -> set[int]:
    return {one for low, high in zip(gaps.lows, gaps.highs, strict=True) for one in range(low, high + 1)}


def test_ids_without_a_hole_leave_no_gap() -> None:
    gaps = Gaps()
    gaps.passed(4, [5, 6, 7], now=0)
    assert gaps.lows == []


@given(st.integers(0, 20), st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_what_was_passed_and_not_found_is_what_is_left(above: int, read: set[int], late: set[int]) -> None:
    ids = sorted(one for one in read if one > above)
    gaps = Gaps()
    gaps.passed(above, ids, now=0)
    passed = set(range(above + 1, ids[-1])) - set(ids) if ids else set()
    assert ids_in(gaps) == passed

    gaps.found(sorted(late))
    assert ids_in(gaps) == passed - late


def test_what_was_passed_long_ago_is_forgotten() -> None:
    gaps = Gaps()
    gaps.passed(0, [3], now=10)
    gaps.passed(3, [6], now=20)
    gaps.forget(before=15)
    assert ids_in(gaps) == {4, 5}
