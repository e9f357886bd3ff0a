"""A shareholding as the registry writes it, in hundredths of a percent."""

from datetime import date

import pytest
from chuangpei.kernel.enterprises import Enterprise


@pytest.mark.parametrize(
    ("written", "points"),
    [
        ("12.50", 1250),
        ("100", 10_000),
        ("0.01", 1),
        ("33.335", 3334),
        (None, None),
        ("", None),
        ("a third", None),
        ("NaN", None),
        ("-1", None),
        ("100.01", None),
    ],
)
def test_a_shareholding_is_told_in_basis_points_or_not_at_all(
    written: str | None, points: int | None
) -> None:
    roles = frozenset({"shareholding_partner"})
    enterprise = Enterprise("91310115MA1K4XY10Y", "甲公司", date(2024, 5, 10), "31", "active", roles, written)
    assert enterprise.shareholding_basis_points == points
