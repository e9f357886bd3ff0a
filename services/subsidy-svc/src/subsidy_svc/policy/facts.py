"""The facts a decision rests on (事实): gathered first, judged afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chuangpei.kernel.enterprises import Enterprise

from subsidy_svc.policy.parameters import ReferenceDate


class Source(StrEnum):
    """A registry of another agency (外部登记系统), whose answer some rules need."""

    BUSINESS = "business_registry"
    ACCOUNTS = "account_registry"


class AccountKind(StrEnum):
    """Where the subsidy is to be paid (收款账户; S11)."""

    SOCIAL_SECURITY_CARD = "social_security_card"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Account:
    """The account chosen (S11). ``own_name`` says whether its holder bears the person's own name.

    ``available`` says whether it exists: for the card, whether an active account is linked to it.
    """

    kind: AccountKind
    available: bool
    own_name: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one decision looks at; dates are Asia/Shanghai.

    ``days`` are the four days of D02 (an evaluation day may be unknown). ``counted_projects`` are the
    projects of the person's claims that count (S03, S04, D03). The enterprise is None where the registry
    knows none. ``awaited`` are the registries that have not answered yet: nothing is known of what they tell.
    """

    issued_on: date
    window_last_day: date
    window_provisional: bool
    certificate_revoked_on: date | None
    project_code: str
    counted_projects: tuple[str, ...]
    days: Mapping[ReferenceDate, date]
    enterprise_credit_code: str
    enterprise_at_reference: Enterprise | None
    enterprise_at_application: Enterprise | None
    account: Account
    awaited: frozenset[Source] = frozenset()

    @property
    def applied_on(self) -> date:
        """The day of application."""
        return self.days[ReferenceDate.APPLICATION]
