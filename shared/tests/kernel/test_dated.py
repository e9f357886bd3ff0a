"""Dated parameters and the dates of the law: O06."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from chuangpei.kernel.dated import DatedValue, InForce, NoLawInForce, ParameterBook, ParameterError
from hypothesis import given
from hypothesis import strategies as st

Load = Callable[[str], ParameterBook]

LAW = "in_force: {from: 2026-01-01, to: 2030-12-31, rule: O06, article: 沪人社规〔2025〕30号 末段}\n"
SUBSIDY = """
  subsidy_fen:
    unit: fen
    rule: S02
    values:
      - {from: 2026-01-01, value: 180000, article: 沪人社规〔2025〕30号 一(二)}
      - {from: 2028-07-01, value: 200000, article: 某文件 一}
"""
WINDOW = """
  window_months:
    unit: months
    rule: S05
    values:
      - {from: 2026-01-01, value: 12, article: 沪人社规〔2025〕30号 一(二)}
"""
GOOD = LAW + "parameters:" + SUBSIDY + WINDOW


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def from_text(text: str) -> ParameterBook:
        path = tmp_path / "parameters.yaml"
        path.write_text(text, encoding="utf-8")
        return ParameterBook.load(path)

    return from_text


def test_a_value_comes_with_its_day_rule_article_and_unit(load: Load) -> None:
    assert load(GOOD).on(date(2026, 5, 5))["subsidy_fen"] == DatedValue(
        value=180000, since=date(2026, 1, 1), rule="S02", article="沪人社规〔2025〕30号 一(二)", unit="fen"
    )


@pytest.mark.parametrize(
    ("day", "fen"),
    [
        (date(2026, 1, 1), 180000),
        (date(2028, 6, 30), 180000),
        (date(2028, 7, 1), 200000),
        (date(2030, 12, 31), 200000),
    ],
)
def test_a_changed_value_holds_from_its_own_day(load: Load, day: date, fen: int) -> None:
    values = load(GOOD).on(day)
    assert values["subsidy_fen"].value == fen
    assert values["window_months"].value == 12


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2031, 1, 1), date(1990, 1, 1)])
def test_outside_its_dates_no_law_is_in_force(load: Load, day: date) -> None:
    book = load(GOOD)
    with pytest.raises(NoLawInForce, match=day.isoformat()) as refused:
        book.on(day)
    assert refused.value.day == day
    with pytest.raises(NoLawInForce):
        book.version(day)


def test_the_days_on_which_something_changes_are_told(load: Load) -> None:
    assert load(GOOD).changes == (date(2026, 1, 1), date(2028, 7, 1))


def test_a_law_without_an_end_stays_in_force(load: Load) -> None:
    assert load(GOOD.replace("to: 2030-12-31, ", "")).on(date(2099, 1, 1))["subsidy_fen"].value == 200000


def test_the_law_itself_is_cited(load: Load) -> None:
    assert load(GOOD).in_force == InForce(
        date(2026, 1, 1), date(2030, 12, 31), "O06", "沪人社规〔2025〕30号 末段"
    )


def test_the_version_changes_on_the_day_a_value_does_and_on_no_other(load: Load) -> None:
    book = load(GOOD)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365 * 4)]
    changes = [day for before, day in pairwise(days) if book.version(before) != book.version(day)]
    assert changes == [date(2028, 7, 1)]


def test_the_version_is_the_same_whatever_the_order_of_the_file(load: Load) -> None:
    day = date(2026, 5, 5)
    version = load(GOOD).version(day)
    assert load(LAW + "parameters:" + WINDOW + SUBSIDY).version(day) == version
    assert len(version) == 12


@pytest.mark.parametrize(("old", "new"), [("180000", "180001"), ("一(二)}", "一(三)}"), ("S05", "D01")])
def test_the_version_changes_with_value_article_and_rule(load: Load, old: str, new: str) -> None:
    day = date(2026, 5, 5)
    assert load(GOOD).version(day) != load(GOOD.replace(old, new)).version(day)


def test_a_value_of_a_later_day_does_not_change_todays_version(load: Load) -> None:
    day = date(2026, 5, 5)
    assert load(GOOD).version(day) == load(GOOD.replace("200000", "210000")).version(day)


def test_asking_again_rebuilds_nothing(load: Load) -> None:
    book = load(GOOD)
    assert book.on(date(2026, 1, 1)) is book.on(date(2028, 6, 30))


def test_nobody_can_change_the_values_of_a_day(load: Load) -> None:
    values = load(GOOD).on(date(2026, 1, 1))
    with pytest.raises(TypeError):
        values["subsidy_fen"] = values["window_months"]  # type: ignore[index]  # the mistake under test


def test_a_value_may_be_a_list_or_a_table_and_cannot_be_changed(load: Load) -> None:
    rows = "{from: 2026-01-01, article: 甲, value: %s}"
    text = f"{LAW}parameters: {{grounds: {{unit: codes, rule: D09, values: [{rows}]}}}}"
    assert load(text % "[X1, X2]").on(date(2026, 1, 1))["grounds"].value == ("X1", "X2")
    table = load(text % "{training: 40, outreach: [1, 2]}").on(date(2026, 1, 1))["grounds"].value
    assert table == {"training": 40, "outreach": (1, 2)}
    with pytest.raises(TypeError):
        table["training"] = 50
    assert load(text % "yes").on(date(2026, 1, 1))["grounds"].value is True


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("2028-07-01", "2025-07-01", "parameters.subsidy_fen: 2025-07-01 must come after 2026-01-01"),
        ("2028-07-01", "2026-01-01", "must come after"),
        ("2028-07-01", "2031-01-01", "2031-01-01 is after the law ends"),
        ("2028-07-01", "soon", "parameters.subsidy_fen.values[1].from: must be a date"),
        ("2028-07-01", "2028-07-01 00:00:00", "must be a date"),
        (
            "- {from: 2026-01-01, value: 12",
            "- {from: 2026-02-01, value: 12",
            "parameters.window_months: no value from 2026-01-01 to 2026-02-01",
        ),
        ("rule: S02", "rule: ''", "parameters.subsidy_fen.rule: must be a text"),
        ("    rule: S02\n", "", "parameters.subsidy_fen: rule is missing"),
        ("    unit: months\n", "", "parameters.window_months: unit is missing"),
        (", article: 某文件 一", "", "parameters.subsidy_fen.values[1]: article is missing"),
        (", article: 某文件 一", ", article: 30", "values[1].article: must be a text"),
        ("value: 12,", "", "parameters.window_months.values[0]: value is missing"),
        ("value: 12,", "vaule: 12, value: 12,", "values[0]: vaule is not known"),
        ("value: 180000", "value: 1800.00", "values[0].value: fen must be a whole number"),
        ("value: 180000", "value: '180000'", "fen must be a whole number"),
        ("value: 12,", "value: yes,", "months must be a whole number"),
        ("unit: months", "unit: rate", None),
        ("to: 2030-12-31", "to: 2025-12-31", "in_force: ends before it begins"),
        ("from: 2026-01-01, to", "since: 2026-01-01, to", "in_force: from is missing"),
        (", rule: O06", "", "in_force: rule is missing"),
        ("  window_months", "  subsidy_fen", "a key is written twice"),
        ("in_force: {", "in_force: [", "parameters.yaml"),
    ],
)
def test_a_wrong_file_is_refused_where_it_is_wrong(
    load: Load, old: str, new: str, complaint: str | None
) -> None:
    assert old in GOOD
    if complaint is None:
        load(GOOD.replace(old, new))
        return
    with pytest.raises(ParameterError) as refused:
        load(GOOD.replace(old, new, 1))
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "[]", "in_force: 3", LAW, LAW + "parameters: {}", LAW + "parameters: {a: 1}"]
)
def test_a_file_of_another_shape_is_refused(load: Load, text: str) -> None:
    with pytest.raises(ParameterError, match="must be"):
        load(text)


def test_a_float_is_refused_under_any_unit(load: Load) -> None:
    with pytest.raises(ParameterError, match="not as a float"):
        load(GOOD.replace("unit: months", "unit: rate").replace("value: 12", "value: [1.5]"))


def test_all_that_is_wrong_is_said_at_once(load: Load) -> None:
    with pytest.raises(ParameterError) as refused:
        load(
            GOOD.replace("rule: S02", "rule: ''")
            .replace("value: 12", "value: 1.5")
            .replace(", rule: O06", "")
        )
    for place in ("in_force: rule", "subsidy_fen.rule", "window_months.values[0].value"):
        assert place in str(refused.value)


LAW_OF_2026 = InForce(date(2026, 1, 1), date(2030, 12, 31), "O06", "末段")
CHANGES = st.sets(st.dates(date(2026, 1, 2), date(2030, 12, 31)), max_size=6)


@given(CHANGES, CHANGES, st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_on_any_day_each_parameter_has_the_last_value_given_up_to_it(
    one: set[date], other: set[date], day: date
) -> None:
    histories = {
        name: [
            DatedValue(n, since, "S02", "一", "count")
            for n, since in enumerate([LAW_OF_2026.first, *sorted(days)])
        ]
        for name, days in {"one": one, "other": other}.items()
    }
    values = ParameterBook(LAW_OF_2026, histories).on(day)
    for name, days in {"one": one, "other": other}.items():
        assert values[name].value == sum(changed <= day for changed in days)


def _book(*values: tuple[int, date]) -> ParameterBook:
    return ParameterBook(
        LAW_OF_2026, {"fen": [DatedValue(n, since, "S02", "一", "fen") for n, since in values]}
    )


def test_a_value_ends_the_day_before_the_next_and_the_last_one_with_the_law() -> None:
    book = _book((1, date(2026, 1, 1)), (2, date(2027, 3, 1)))
    assert book.last_day("fen", date(2027, 2, 28)) == date(2027, 2, 28)
    assert book.last_day("fen", date(2027, 3, 1)) == date(2030, 12, 31)
    with pytest.raises(NoLawInForce):
        book.last_day("fen", date(2031, 1, 1))


def test_a_layer_changes_the_days_from_its_own_on_and_no_earlier_one() -> None:
    book = _book((1, date(2026, 1, 1)), (2, date(2028, 1, 1)))
    layered = book.layered({"fen": [DatedValue(3, date(2027, 1, 1), "S02", "二", "fen")]})
    values = [layered.on(date(year, 6, 1))["fen"].value for year in (2026, 2027, 2028)]
    assert values == [1, 3, 2]
    assert layered.version(date(2026, 12, 31)) == book.version(date(2026, 12, 31))
    assert layered.version(date(2027, 1, 1)) != book.version(date(2027, 1, 1))


def test_of_two_values_for_one_day_the_one_added_last_counts() -> None:
    day = date(2027, 1, 1)
    added = [DatedValue(n, day, "S02", "二", "fen") for n in (3, 4)]
    assert _book((1, date(2026, 1, 1))).layered({"fen": added}).on(day)["fen"].value == 4
