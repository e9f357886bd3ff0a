"""Typed access to ``parameters.yaml``."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chuangpei.kernel.dated import ParameterBook

PARAMETERS = Path(__file__).with_name("parameters.yaml")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers in force on one day, in the unit that ``parameters.yaml`` names for each."""

    attendance_minutes_before: int
    attendance_minutes_after: int
    teaching_hour_minutes: int
    course_grant_fen: int
    course_assessors: int
    course_pass_mark: int


def load_law() -> ParameterBook:
    """The service's book of dated numbers."""
    return ParameterBook.load(PARAMETERS)


def parameters_on(law: ParameterBook, day: date) -> Parameters:
    """The numbers in force on ``day`` (Asia/Shanghai).

    Raises :class:`chuangpei.kernel.dated.NoLawInForce` outside the dates of the law (O06).
    """
    values = law.on(day)
    return Parameters(
        attendance_minutes_before=int(values["attendance_minutes_before"].value),
        attendance_minutes_after=int(values["attendance_minutes_after"].value),
        teaching_hour_minutes=int(values["teaching_hour_minutes"].value),
        course_grant_fen=int(values["course_grant_fen"].value),
        course_assessors=int(values["course_assessors"].value),
        course_pass_mark=int(values["course_pass_mark"].value),
    )
