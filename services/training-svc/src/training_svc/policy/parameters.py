"""Typed access to ``parameters.yaml``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path

from chuangpei.kernel.dated import ParameterBook

PARAMETERS = Path(__file__).with_name("parameters.yaml")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers in force on one day, in the unit that ``parameters.yaml`` names for each."""

    attendance_minutes_before: int
    attendance_minutes_after: int
    attendance_code_seconds: int
    attendance_code_grace_seconds: int
    anomaly_travel_minutes: int
    anomaly_late_minutes: int
    anomaly_records_a_minute: int
    anomaly_device_minutes: int
    anomaly_manual_percent: int
    anomaly_manual_least: int
    teaching_hour_minutes: int
    course_grant_fen: int
    course_assessors: int
    course_pass_mark: int
    appraisal_interval_months: int
    appraisal_grace_days: int
    appraisal_parts: Mapping[str, int]
    appraisal_pass_mark: int
    exit_notice_days: int
    exit_bar_months: Mapping[str, int]
    qualification_years: int
    qualification_renewal_days: int
    feedback_days: int
    feedback_group_least: int
    priority_groups_stages_1_2: Sequence[str]
    priority_groups_stage_4: Sequence[str]
    inactive_after_months: int


_NAMES = tuple(field.name for field in fields(Parameters))


@cache
def load_law() -> ParameterBook:
    """The service's book of dated numbers."""
    return ParameterBook.load(PARAMETERS)


def parameters_on(law: ParameterBook, day: date) -> Parameters:
    """The numbers in force on ``day`` (Asia/Shanghai).

    Raises :class:`chuangpei.kernel.dated.NoLawInForce` outside the dates of the law (O06).
    """
    values = law.on(day)
    return Parameters(**{name: values[name].value for name in _NAMES})


def parameters_or_none(law: ParameterBook, day: date) -> Parameters | None:
    """The numbers in force on ``day``, None where no law is (O06)."""
    return parameters_on(law, day) if law.in_force.covers(day) else None
