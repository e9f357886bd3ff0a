"""Findings of a rule and refusals as values.

A rule says what it found as a :class:`Finding`; a use case that may not go on returns a
:class:`Refusal` carrying every reason, never just the first. An exception is for the impossible.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in the two languages of the platform."""

    zh: str
    en: str


class Outcome(StrEnum):
    """What a rule found: it holds (符合), it does not (不符合), it only warns (提示), or waits (待核查)."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    AWAITED = "awaited"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found about one case.

    ``rule`` is the id in the rule catalogue (``S05``), ``article`` the place in the document
    (``沪人社规〔2025〕30号 一(二)``), ``fact`` the value that was used and ``required`` the value asked,
    both as text a person can read.
    """

    rule: str
    article: str
    outcome: Outcome
    fact: str
    required: str
    text: Text


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of refusal: a stable code, its HTTP status and its title in both languages."""

    code: str
    status: int
    title: Text


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of the input; ``pointer`` is a JSON pointer or ``line N``."""

    pointer: str
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer no, with all its reasons: a value that use cases return and HTTP shows as problem+json."""

    problem: Problem
    detail: Text | None = None
    findings: tuple[Finding, ...] = ()
    errors: tuple[FieldError, ...] = ()
    retry_after_seconds: int | None = None


def failed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stand in the way."""
    return tuple(finding for finding in findings if finding.outcome is Outcome.FAILED)
