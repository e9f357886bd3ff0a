"""Dated parameters (参数): every number of the law, with the day from which it holds and its citation.

A service keeps them in ``policy/parameters.yaml``; a changed number is a new line there, not new code.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import yaml

INTEGER_UNITS = frozenset({"fen", "days", "working_days", "months", "years", "count", "percent", "times"})
"""The units whose values are whole numbers."""

_DAY = timedelta(days=1)


class NoLawInForce(Exception):  # noqa: N818 -- the name says what is the case on that day
    """No rule is in force on ``day``, so no parameter has a value (O06)."""

    def __init__(self, day: date) -> None:
        super().__init__(f"no law in force on {day}")
        self.day = day


class ParameterError(ValueError):
    """A file of parameters that says something impossible; the message names every place."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value, the civil date from which it holds, its rule id and the article it is taken from.

    ``unit`` says what ``value`` counts: ``fen``, ``days``, ``working_days``, ``months`` and the like.
    """

    value: Any
    since: date
    rule: str
    article: str
    unit: str


@dataclass(frozen=True, slots=True)
class InForce:
    """The civil dates, both included, between which the law holds; without ``last`` it has no end yet."""

    first: date
    last: date | None
    rule: str
    article: str

    def covers(self, day: date) -> bool:
        """Whether the law is in force on ``day``."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class _Period:
    """Days on which no parameter changes, from ``first`` to the day before the next period."""

    first: date
    values: Mapping[str, DatedValue]
    version: str


class ParameterBook:
    """All parameters of one service, by civil date in Asia/Shanghai."""

    def __init__(self, in_force: InForce, histories: Mapping[str, Sequence[DatedValue]]) -> None:
        """``histories``: each parameter's values, oldest first, the first holding when the law begins."""
        self.in_force = in_force
        self._histories = histories
        self._periods = _periods(in_force, histories)
        self._starts = [period.first for period in self._periods]

    @classmethod
    def load(cls, path: Path) -> Self:
        """The book in the YAML file ``path``. Raises :class:`ParameterError` naming all that is wrong."""
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)  # noqa: S506 -- a safe loader
        except yaml.YAMLError as error:
            raise ParameterError(f"{path}: {error}") from error
        reader = _Reader()
        in_force, histories = reader.book(document)
        if reader.problems or in_force is None:
            raise ParameterError("\n".join(f"{path}: {problem}" for problem in reader.problems))
        return cls(in_force, histories)

    @property
    def changes(self) -> tuple[date, ...]:
        """The days from which something else holds, the law's first day among them."""
        return tuple(self._starts)

    def on(self, day: date) -> Mapping[str, DatedValue]:
        """Every parameter's value on ``day``. Raises :class:`NoLawInForce` outside the law's dates."""
        return self._period(day).values

    def version(self, day: date) -> str:
        """Twelve hexadecimal digits that change when anything in :meth:`on` that day does."""
        return self._period(day).version

    def last_day(self, name: str, day: date) -> date | None:
        """The last day of the value that the parameter has on ``day``; None where no end is known.

        Raises :class:`NoLawInForce` outside the law's dates.
        """
        self._period(day)
        following = (dated.since for dated in self._histories[name] if dated.since > day)
        return next((since - _DAY for since in following), self.in_force.last)

    def layered(self, added: Mapping[str, Sequence[DatedValue]]) -> Self:
        """This book with further values of parameters it has; of one day's, the one added last counts."""
        histories = {}
        for name, history in self._histories.items():
            by_day = {dated.since: dated for dated in (*history, *added.get(name, ()))}
            histories[name] = [by_day[since] for since in sorted(by_day)]
        return type(self)(self.in_force, histories)

    def _period(self, day: date) -> _Period:
        if not self.in_force.covers(day):
            raise NoLawInForce(day)
        return self._periods[bisect_right(self._starts, day) - 1]


def _periods(in_force: InForce, histories: Mapping[str, Sequence[DatedValue]]) -> list[_Period]:
    changes = {max(dated.since, in_force.first) for history in histories.values() for dated in history}
    periods = []
    for first in sorted(changes | {in_force.first}):
        values = {
            name: history[bisect_right(history, first, key=lambda dated: dated.since) - 1]
            for name, history in sorted(histories.items())
        }
        periods.append(_Period(first, MappingProxyType(values), _fingerprint(values)))
    return periods


def _fingerprint(values: Mapping[str, DatedValue]) -> str:
    rows = [
        [name, dated.value, dated.since, dated.rule, dated.article, dated.unit]
        for name, dated in values.items()
    ]
    text = json.dumps(rows, ensure_ascii=False, default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


class _StrictLoader(yaml.CSafeLoader):
    """Refuses a key written twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key is written twice", node.start_mark)
        return mapping


class _Reader:
    """Reads a parsed document and gathers every problem, each with its place."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def book(self, document: object) -> tuple[InForce | None, dict[str, list[DatedValue]]]:
        top = self._fields(document, "file", {"in_force", "parameters"})
        in_force = self._in_force(top.get("in_force"))
        parameters = top.get("parameters")
        if not isinstance(parameters, dict) or not parameters:
            self.problems.append("parameters: must be a mapping of at least one name")
            return in_force, {}
        return in_force, {
            str(name): self._history(f"parameters.{name}", raw, in_force) for name, raw in parameters.items()
        }

    def _in_force(self, raw: object) -> InForce | None:
        fields = self._fields(raw, "in_force", {"from", "rule", "article"}, {"to"})
        first = self._date(fields.get("from"), "in_force.from")
        last = self._date(fields["to"], "in_force.to") if fields.get("to") is not None else None
        if first and last and last < first:
            self.problems.append("in_force: ends before it begins")
        rule, article = (self._text(fields.get(key), f"in_force.{key}") for key in ("rule", "article"))
        return InForce(first, last, rule, article) if first else None

    def _history(self, place: str, raw: object, in_force: InForce | None) -> list[DatedValue]:
        fields = self._fields(raw, place, {"unit", "rule", "values"})
        unit, rule = (self._text(fields.get(key), f"{place}.{key}") for key in ("unit", "rule"))
        rows = fields.get("values")
        if not isinstance(rows, list) or not rows:
            self.problems.append(f"{place}.values: must be a list of at least one value")
            return []
        dated = [self._dated(f"{place}.values[{n}]", row, unit, rule) for n, row in enumerate(rows)]
        history = [value for value in dated if value is not None]
        if in_force is not None:
            self._check_order(place, history, in_force)
        return history

    def _dated(self, place: str, raw: object, unit: str, rule: str) -> DatedValue | None:
        fields = self._fields(raw, place, {"from", "value", "article"})
        since = self._date(fields.get("from"), f"{place}.from")
        article = self._text(fields.get("article"), f"{place}.article")
        value = self._value(fields.get("value"), unit, f"{place}.value")
        return DatedValue(value, since, rule, article, unit) if since else None

    def _check_order(self, place: str, history: list[DatedValue], in_force: InForce) -> None:
        if history and history[0].since > in_force.first:
            self.problems.append(f"{place}: no value from {in_force.first} to {history[0].since}")
        for earlier, later in pairwise(history):
            if later.since <= max(earlier.since, in_force.first):
                self.problems.append(
                    f"{place}: {later.since} must come after {max(earlier.since, in_force.first)}"
                )
        if history and in_force.last is not None and history[-1].since > in_force.last:
            self.problems.append(f"{place}: {history[-1].since} is after the law ends")

    def _value(self, raw: object, unit: str, place: str) -> Any:
        if unit in INTEGER_UNITS and (not isinstance(raw, int) or isinstance(raw, bool)):
            self.problems.append(f"{place}: {unit} must be a whole number")
        if raw is None or isinstance(raw, float):
            self.problems.append(f"{place}: must be given, and not as a float")
        if isinstance(raw, list):
            return tuple(self._value(item, "", f"{place}[{n}]") for n, item in enumerate(raw))
        if isinstance(raw, dict):
            self.problems.extend(
                f"{place}: {key!r} must be a text" for key in raw if not isinstance(key, str)
            )
            return MappingProxyType(
                {key: self._value(item, "", f"{place}.{key}") for key, item in raw.items()}
            )
        return raw

    def _fields(
        self, raw: object, place: str, required: Set[str], optional: Set[str] = frozenset()
    ) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self.problems.append(f"{place}: must be a mapping")
            return {}
        self.problems.extend(f"{place}: {key} is missing" for key in sorted(required - raw.keys()))
        self.problems.extend(
            f"{place}: {key} is not known" for key in sorted(map(str, raw.keys() - required - optional))
        )
        return raw

    def _date(self, raw: object, place: str) -> date | None:
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        self.problems.append(f"{place}: must be a date such as 2026-01-01")
        return None

    def _text(self, raw: object, place: str) -> str:
        if isinstance(raw, str) and raw.strip():
            return raw.strip()
        self.problems.append(f"{place}: must be a text that is not empty")
        return ""
