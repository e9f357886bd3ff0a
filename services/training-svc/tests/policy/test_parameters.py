"""The numbers of the law are dated and cited."""

import re
from datetime import date

import pytest
from chuangpei.kernel.dated import NoLawInForce
from training_svc.policy.parameters import load_law, parameters_on


def test_each_number_has_its_rule_and_article():
    for value in load_law().on(date(2026, 1, 1)).values():
        assert re.fullmatch(r"[TCOD]\d\d", value.rule)
        assert value.article.startswith(("沪人社规〔2025〕30号", "劳社部发〔2007〕30号"))


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2031, 1, 1)])
def test_outside_its_dates_the_law_has_no_numbers(day):
    with pytest.raises(NoLawInForce):
        parameters_on(load_law(), day)
