"""The terms of the district's review (区审核; S07): deadlines in working days, which no document gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chuangpei.kernel.working_days import WorkingDays

RISK = "risk_"
"""What the names of the parameters of risk signs begin with: they are not shown to the public."""


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """Working days for each step, and how often a supplement may be asked for."""

    acceptance_working_days: int
    approval_working_days: int
    supplement_working_days: int
    supplements_per_claim: int


@dataclass(frozen=True, slots=True)
class AttachmentTerms:
    """How large a file may be (字节上限), and how many a claim may have."""

    max_bytes: int
    per_claim: int


@dataclass(frozen=True, slots=True)
class RiskTerms:
    """From how many people on a thing shared is a sign of risk (风险提示), and when approvals stand out."""

    people_per_account: int
    people_per_phone: int
    people_per_enterprise: int
    period_days: int
    approvals_least: int
    approvals_times: int


def risk_terms(value: Mapping[str, Any]) -> RiskTerms:
    """The terms of the signs of risk among the values of the parameters."""
    return RiskTerms(**{name: value[f"{RISK}{name}"] for name in RiskTerms.__slots__})


def attachment_terms(value: Mapping[str, Any]) -> AttachmentTerms:
    """The terms of attachments among the values of the parameters."""
    return AttachmentTerms(value["attachment_max_bytes"], value["attachments_per_claim"])


def review_terms(value: Mapping[str, Any]) -> ReviewTerms:
    """The terms among the values of the parameters."""
    return ReviewTerms(**{name: value[name] for name in ReviewTerms.__slots__})


def due_day(on: date, working_days: int, calendar: WorkingDays) -> date:
    """The last day for a step that became due on ``on``, which does not count itself (S07).

    2026-09-24 and 5 days give 2026-10-09: the holidays between do not count.
    """
    return calendar.last_of(on + timedelta(days=1), working_days)
