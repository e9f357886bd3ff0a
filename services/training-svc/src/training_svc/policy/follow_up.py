"""The law of follow-up (跟踪服务, T11, S12): when to ask how a trainee's business does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chuangpei.kernel.dated import ParameterBook
from chuangpei.kernel.dates import add_months
from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.findings import Rule, finding


class CheckKind(StrEnum):
    """What a check asks: whether a business was opened (是否开业), or still trades (是否持续经营)."""

    OPENING = "opening"
    TRADING = "trading"


class ServiceKind(StrEnum):
    """A service a trainee receives (后续服务), from advice to help to start again (重新创业帮扶, O14)."""

    ADVICE = "advice"
    POLICY = "policy"
    FINANCE = "finance"
    PREMISES = "premises"
    MARKET = "market"
    RESTART = "restart"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FollowUpParameters:
    """The numbers of follow-up on one day, and the yearly targets of 劳社部发〔2007〕30号 (O30)."""

    opening_months: int
    trading_months: tuple[int, ...]
    days_early: int
    opened_percent: int
    jobs_per_opened: int
    stable_percent: int
    stable_months: int


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check to be made on ``due_on``, ``months`` after the day from which it is counted."""

    kind: CheckKind
    months: int
    due_on: date


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """A business that is said to have opened, after the earlier one of the trainee closed (or None)."""

    opened_on: date
    earlier_closed_on: date | None
    today: date


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """A business that is said to have closed."""

    opened_on: date
    closed_on: date
    today: date


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A check that is to be recorded; ``jobs`` is None where none are told."""

    kind: CheckKind
    due_on: date
    days_early: int
    jobs: int | None
    today: date


def follow_up_parameters(law: ParameterBook, day: date) -> FollowUpParameters:
    """The numbers in force on ``day`` (Asia/Shanghai); raises ``NoLawInForce`` outside the law's dates."""
    values = law.on(day)
    return FollowUpParameters(
        opening_months=int(values["follow_up_opening_months"].value),
        trading_months=tuple(values["follow_up_trading_months"].value),
        days_early=int(values["follow_up_days_early"].value),
        opened_percent=int(values["target_opened_percent"].value),
        jobs_per_opened=int(values["target_jobs_per_opened"].value),
        stable_percent=int(values["target_stable_percent"].value),
        stable_months=int(values["target_stable_months"].value),
    )


def opening_check(completed_on: date, parameters: FollowUpParameters) -> PlannedCheck:
    """T11, O30: whether the trainee opened is asked half a year after completion."""
    months = parameters.opening_months
    return PlannedCheck(CheckKind.OPENING, months, add_months(completed_on, months))


def trading_checks(
    opened_on: date, completed_on: date, parameters: FollowUpParameters
) -> Iterator[PlannedCheck]:
    """T11, S12: whether it still trades is asked 6, 12 and 24 months after the opening.

    A business that was there before is followed from the completion: nobody is asked about a time before it.
    """
    begin = max(opened_on, completed_on)
    for months in parameters.trading_months:
        yield PlannedCheck(CheckKind.TRADING, months, add_months(begin, months))


def opening_is_not_in_the_future(facts: OpeningFacts) -> Finding:
    """T11: only a business that has opened is recorded."""
    text = Text("开业日期不得晚于今天", "A business is recorded once it has opened")
    return finding("T11", facts.opened_on <= facts.today, facts.opened_on, f"≤ {facts.today}", text)


def opening_follows_the_earlier_closing(facts: OpeningFacts) -> Finding | None:
    """T11: who starts again does so from the day on which the earlier business closed."""
    if facts.earlier_closed_on is None:
        return None
    holds = facts.opened_on >= facts.earlier_closed_on
    text = Text("再次开业不得早于上次停业", "A new start is not before the earlier closing")
    return finding("T11", holds, facts.opened_on, f"≥ {facts.earlier_closed_on}", text)


def closing_lies_between_opening_and_today(facts: ClosingFacts) -> Finding:
    """T11: a business closes on a day from its opening until today."""
    holds = facts.opened_on <= facts.closed_on <= facts.today
    text = Text("停业日期应在开业之后、今天之前", "The closing lies between the opening and today")
    return finding("T11", holds, facts.closed_on, f"{facts.opened_on}/{facts.today}", text)


def check_is_not_early(facts: CheckFacts) -> Finding:
    """T11: a check is recorded around its due day, not long before."""
    first = facts.due_on - timedelta(days=facts.days_early)
    text = Text("未到跟踪时间", "It is too early for this check")
    return finding("T11", facts.today >= first, facts.today, f"≥ {first}", text)


def jobs_are_told_of_a_trading_business(facts: CheckFacts) -> Finding:
    """T11, S12: the jobs created are told with each check of a trading business, and with no other."""
    wanted = facts.kind is CheckKind.TRADING
    text = Text("持续经营的须填写带动就业人数", "A trading business tells its jobs, no other check does")
    fact = "—" if facts.jobs is None else facts.jobs
    return finding("T11", (facts.jobs is not None) == wanted, fact, "≥ 0" if wanted else "—", text)


OPENING_RULES: tuple[Rule[OpeningFacts], ...] = (
    opening_is_not_in_the_future,
    opening_follows_the_earlier_closing,
)
CLOSING_RULES: tuple[Rule[ClosingFacts], ...] = (closing_lies_between_opening_and_today,)
CHECK_RULES: tuple[Rule[CheckFacts], ...] = (check_is_not_early, jobs_are_told_of_a_trading_business)
