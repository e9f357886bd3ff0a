"""What a proposal may change of the law (政策调整), and what it must never weaken."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from chuangpei.kernel.dated import INTEGER_UNITS, DatedValue, ParameterBook
from chuangpei.kernel.refusals import FieldError, Text

from subsidy_svc.policy.enterprise_rules import ROLE_NAMES
from subsidy_svc.policy.parameters import ReferenceDate

# Beyond these the calendar ends, or a sum of many overflows; they say nothing of what is right.
_LARGEST = {"fen": 10**9, "years": 100, "months": 1_200, "days": 36_500, "working_days": 2_500}
_LARGEST_OTHER = 10**6


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter's proposed value, its unit and the document it will be cited from."""

    parameter: str
    unit: str
    value: Any
    article: str


class Limit(NamedTuple):
    """Which values a parameter may take, and how that is said."""

    holds: Callable[[Any], bool]
    text: Text


def _some_of(names: Sequence[str], *, least: int) -> Limit:
    listed = "、".join(names)
    return Limit(
        lambda value: _is_list_of(value, str) and len(value) >= least and set(value) <= set(names),
        Text(f"须为其中若干项且不重复：{listed}", f"Some of these, each once: {', '.join(names)}"),
    )


def _is_list_of(value: Any, kind: type) -> bool:
    return (
        isinstance(value, list | tuple)
        and all(type(one) is kind for one in value)
        and len(set(value)) == len(value)
    )


LIMITS: Mapping[str, Limit] = {
    "reference_date": Limit(
        lambda value: isinstance(value, str) and value in tuple(ReferenceDate),
        Text(f"须为其一：{'、'.join(ReferenceDate)}", f"One of: {', '.join(ReferenceDate)}"),
    ),
    "claimant_roles": _some_of(tuple(ROLE_NAMES), least=1),
    "window_reminder_days": Limit(
        lambda value: _is_list_of(value, int) and all(1 <= days <= _LARGEST["days"] for days in value),
        Text("须为各不相同的正整数天数", "Numbers of days from 1 on, each once"),
    ),
    "window_rolls_to_working_day": Limit(
        lambda value: isinstance(value, bool), Text("须为是或否", "Must be true or false")
    ),
}

FIXED: Mapping[str, Text] = {
    "claims_per_project": Text(
        "同一项目只可申领一次，由数据库保证，不能调整",
        "One claim a project is what the database itself holds to; it cannot be changed",
    ),
    "enterprise_province": Text(
        "补贴对象限本市创业组织，不能调整",
        "The subsidy is for enterprises of Shanghai; that cannot be changed",
    ),
    "revocation_treatment": Text(
        "证书撤销后不得支付，不能调整",
        "Nothing is paid without a certificate that stands; that cannot be changed",
    ),
    "working_day_overrides": Text(
        "工作日历依国务院办公厅公布，不属于政策调整",
        "The calendar of working days is published by the State Council; it is no term of this law",
    ),
}

_NOT_BY_PROPOSAL = Text("该参数不能由政策调整更改", "A proposal cannot change this parameter")


def faults(
    book: ParameterBook, changes: Sequence[Change], effective_from: date, today: date
) -> tuple[FieldError, ...]:
    """Everything that stands against the changes, each with the field it is about.

    A day that has begun keeps its law, so that what was decided is decided alike for ever: the first day of
    a change lies after ``today``. Of subsidies a person and of what frees a place (S04, D03) there is never
    more than the law began with.
    """
    if effective_from <= today:
        return (_at("/effective_from", "not_in_future", "生效日须在今日之后", "Must be a day after today"),)
    if not book.in_force.covers(effective_from):
        return (_at("/effective_from", "no_law", "该日期不在文件有效期内", "No law is in force on that day"),)
    return tuple(_faults_of_changes(book, changes, effective_from))


def dated(book: ParameterBook, changes: Sequence[Change], effective_from: date) -> dict[str, DatedValue]:
    """The values that the changes would publish, by parameter; the rule is that of the parameter."""
    standing = book.on(book.in_force.first)
    return {
        one.parameter: DatedValue(
            _kept(one.value),
            effective_from,
            standing[one.parameter].rule,
            one.article,
            standing[one.parameter].unit,
        )
        for one in changes
    }


def _faults_of_changes(
    book: ParameterBook, changes: Sequence[Change], effective_from: date
) -> Iterator[FieldError]:
    standing, named = book.on(effective_from), set()
    for place, one in enumerate(changes):
        at, known = f"/changes/{place}", standing.get(one.parameter)
        if known is None:
            yield _at(f"{at}/parameter", "unknown", "没有该参数", "There is no such parameter")
        elif one.parameter in named:
            yield _at(f"{at}/parameter", "twice", "同一参数重复", "The parameter is named twice")
        else:
            yield from _faults_of_one(at, one, known, _limit(book, one.parameter, known.unit))
        named.add(one.parameter)


def _faults_of_one(at: str, one: Change, known: DatedValue, limit: Limit | Text) -> Iterator[FieldError]:
    if isinstance(limit, Text):
        yield FieldError(f"{at}/parameter", "fixed", limit)
    elif one.unit != known.unit:
        yield _at(f"{at}/unit", "wrong_unit", f"单位应为 {known.unit}", f"The unit is {known.unit}")
    elif not limit.holds(one.value):
        yield FieldError(f"{at}/value", "not_allowed", limit.text)
    elif _kept(one.value) == known.value:
        yield _at(f"{at}/value", "unchanged", "与该日的现行值相同", "It has that value on that day already")


def _limit(book: ParameterBook, parameter: str, unit: str) -> Limit | Text:
    """Which values the parameter may take, or why a proposal changes none of it."""
    if parameter in FIXED:
        return FIXED[parameter]
    if parameter in _NEVER_MORE:
        return _NEVER_MORE[parameter](book.on(book.in_force.first)[parameter].value)
    if parameter in LIMITS:
        return LIMITS[parameter]
    return _whole(_LARGEST.get(unit, _LARGEST_OTHER)) if unit in INTEGER_UNITS else _NOT_BY_PROPOSAL


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _whole(largest: int) -> Limit:
    return Limit(
        lambda value: type(value) is int and 1 <= value <= largest,
        Text(f"须为1至{largest}的整数", f"A whole number from 1 to {largest}"),
    )


_NEVER_MORE: Mapping[str, Callable[[Any], Limit]] = {
    "subsidies_per_person": _whole,
    # What was paid keeps its place for good: never two subsidies for one project (S03, D03).
    "places_freed_by": lambda names: _some_of(names, least=0),
    "faults_freeing_place": lambda names: _some_of(names, least=0),
}
"""By the parameter of which a proposal allows no more than the law began with."""


def _at(pointer: str, code: str, zh: str, en: str) -> FieldError:
    return FieldError(pointer, code, Text(zh, en))
