"""The districts of Shanghai."""

import pytest
from chuangpei.kernel.districts import DISTRICTS
from stdnum import numdb


def test_shanghai_has_sixteen_districts() -> None:
    assert len(DISTRICTS) == 16
    assert list(DISTRICTS) == sorted(DISTRICTS)


@pytest.mark.parametrize("code", list(DISTRICTS))
def test_code_and_name_agree_with_the_national_list(code: str) -> None:
    (_, province), (_, county) = numdb.get("cn/loc").info(code)
    assert province["province"] == "上海市"
    assert county["county"].split("]")[-1] == DISTRICTS[code].zh
    assert DISTRICTS[code].code == code


def test_no_two_districts_share_a_name() -> None:
    assert len({district.zh for district in DISTRICTS.values()}) == 16
    assert len({district.en for district in DISTRICTS.values()}) == 16


def test_a_retired_district_is_none() -> None:
    assert "310103" not in DISTRICTS
