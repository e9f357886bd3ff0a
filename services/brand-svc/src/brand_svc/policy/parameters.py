"""Typed access to the dated numbers of 沪人社职〔2026〕150号 in ``parameters.yaml``."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from chuangpei.kernel.dated import DatedValue, ParameterBook

PARAMETERS_FILE = Path(__file__).with_name("parameters.yaml")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers that hold on one day; each carries its rule id and article.

    ``version`` names this set of numbers, so that a decision can say by which it was taken.
    """

    reapplication_ban_years: DatedValue
    clean_record_years: DatedValue
    clean_record_grounds: DatedValue
    bar_years: DatedValue
    bar_grounds: DatedValue
    round_interval_years: DatedValue
    hearing_working_days: DatedValue
    verification_working_days: DatedValue
    city_decision_working_days: DatedValue
    risk_weights: DatedValue
    risk_percents: DatedValue
    indicator_years: DatedValue
    indicator_formulas: DatedValue
    assessor_tie_years: DatedValue
    assessor_days: DatedValue
    version: str


@cache
def load_book() -> ParameterBook:
    """The book of brand parameters."""
    return ParameterBook.load(PARAMETERS_FILE)


def parameters_on(book: ParameterBook, day: date) -> Parameters:
    """The numbers on a civil day. Raises :class:`chuangpei.kernel.dated.NoLawInForce` before 2026-06-29."""
    return Parameters(**book.on(day), version=book.version(day))
