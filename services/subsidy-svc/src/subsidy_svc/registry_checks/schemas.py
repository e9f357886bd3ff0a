"""What the API shows of registry checks."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.web import FindingView
from pydantic import BaseModel

from subsidy_svc.policy.facts import Source
from subsidy_svc.registry_checks.asking import is_complete


class EnterpriseView(BaseModel):
    """An enterprise and the person's part in it as the business registry told them (登记信息)."""

    name: str
    status: str
    registered_on: date
    province_code: str
    roles: list[str]
    shareholding_percent: str | None


class AccountAnswer(BaseModel):
    """Whether the account is there and open, and the person's own (账户核查)."""

    available: bool
    own_name: bool


class RegistryCheckView(BaseModel):
    """What the registries answered about a claim (登记核查).

    ``submission`` is asked as the person applies, ``application`` later for want of an answer then, about the
    same day; ``recheck`` looks again at what was known. ``away`` did not answer. An enterprise is null where
    the registry knows none, or was away. ``checked_by`` is shown to offices alone.
    """

    occasion: Literal["submission", "application", "recheck"]
    checked_at: datetime
    checked_by: str | None
    away: list[Source]
    enterprise_at_reference: EnterpriseView | None
    enterprise_at_day: EnterpriseView | None
    account: AccountAnswer | None
    findings: list[FindingView]


class RegistryChecksView(BaseModel):
    """The checks of one claim, the first one first."""

    claim_id: UUID
    checks: list[RegistryCheckView]


def submission_view(case: Row) -> RegistryCheckView:
    """What the registries told as the person applied: the claim's own facts."""
    facts = case["facts"] or {}
    account = facts.get("account")
    return RegistryCheckView(
        occasion="submission",
        checked_at=case["submitted_at"],
        checked_by=None,
        away=[],
        enterprise_at_reference=_enterprise(facts.get("enterprise_at_reference")),
        enterprise_at_day=_enterprise(facts.get("enterprise_at_application")),
        account=AccountAnswer(available=account["available"], own_name=account["own_name"])
        if account
        else None,
        findings=[FindingView(**one) for one in case["findings"]],
    )


def check_view(row: Row, *, with_actor: bool) -> RegistryCheckView:
    """The view of a kept check."""
    answers = row["answers"]
    account = answers.get("account")
    return RegistryCheckView(
        occasion=row["occasion"],
        checked_at=row["checked_at"],
        checked_by=row["checked_by"] if with_actor else None,
        away=[Source(one) for one in row["away"]],
        enterprise_at_reference=_enterprise(answers.get("enterprise_at_reference")),
        enterprise_at_day=_enterprise(answers.get("enterprise_at_day")),
        account=AccountAnswer(**account) if account else None,
        findings=[FindingView(**one) for one in row["findings"]],
    )


def checks_view(case: Row, rows: list[Row], *, with_actors: bool) -> RegistryChecksView:
    """Every check; the submission was one where all registries answered it."""
    kept = [check_view(row, with_actor=with_actors) for row in rows]
    answered = is_complete(case) and not any(one.occasion == "application" for one in kept)
    return RegistryChecksView(
        claim_id=case["id"], checks=[submission_view(case), *kept] if answered else kept
    )


def _enterprise(kept: dict[str, Any] | None) -> EnterpriseView | None:
    return EnterpriseView(**{name: kept[name] for name in EnterpriseView.model_fields}) if kept else None
