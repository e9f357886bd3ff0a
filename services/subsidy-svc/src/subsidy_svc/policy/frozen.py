"""Facts as they are kept with a claim (事实留存), so that its decision can be run again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from chuangpei.kernel.enterprises import Enterprise

from subsidy_svc.policy.facts import Account, AccountKind, Facts, Source
from subsidy_svc.policy.parameters import ReferenceDate


def frozen(facts: Facts) -> dict[str, Any]:
    """The facts as JSON knows them; :func:`thawed` gives the same facts back."""
    return {
        "issued_on": facts.issued_on,
        "window_last_day": facts.window_last_day,
        "window_provisional": facts.window_provisional,
        "certificate_revoked_on": facts.certificate_revoked_on,
        "project_code": facts.project_code,
        "counted_projects": facts.counted_projects,
        "days": {str(name): day for name, day in facts.days.items()},
        "enterprise_credit_code": facts.enterprise_credit_code,
        "enterprise_at_reference": enterprise_row(facts.enterprise_at_reference),
        "enterprise_at_application": enterprise_row(facts.enterprise_at_application),
        "account": {
            "kind": str(facts.account.kind),
            "available": facts.account.available,
            "own_name": facts.account.own_name,
            "reason": facts.account.reason,
        },
        "awaited": sorted(facts.awaited),
    }


def thawed(kept: Mapping[str, Any]) -> Facts:
    """The facts that were frozen, once they have been JSON."""
    account, revoked = kept["account"], kept["certificate_revoked_on"]
    return Facts(
        issued_on=date.fromisoformat(kept["issued_on"]),
        window_last_day=date.fromisoformat(kept["window_last_day"]),
        window_provisional=kept["window_provisional"],
        certificate_revoked_on=date.fromisoformat(revoked) if revoked else None,
        project_code=kept["project_code"],
        counted_projects=tuple(kept["counted_projects"]),
        days={ReferenceDate(name): date.fromisoformat(day) for name, day in kept["days"].items()},
        enterprise_credit_code=kept["enterprise_credit_code"],
        enterprise_at_reference=_enterprise(kept["enterprise_at_reference"]),
        enterprise_at_application=_enterprise(kept["enterprise_at_application"]),
        account=Account(**account | {"kind": AccountKind(account["kind"])}),
        awaited=frozenset(Source(name) for name in kept.get("awaited", ())),
    )


def enterprise_row(enterprise: Enterprise | None) -> dict[str, Any] | None:
    """An enterprise as JSON knows it."""
    if enterprise is None:
        return None
    return {
        "credit_code": enterprise.credit_code,
        "name": enterprise.name,
        "registered_on": enterprise.registered_on,
        "province_code": enterprise.province_code,
        "status": enterprise.status,
        "roles": sorted(enterprise.roles),
        "shareholding_percent": enterprise.shareholding_percent,
    }


def _enterprise(kept: Mapping[str, Any] | None) -> Enterprise | None:
    if kept is None:
        return None
    registered_on = date.fromisoformat(kept["registered_on"])
    return Enterprise(**dict(kept) | {"registered_on": registered_on, "roles": frozenset(kept["roles"])})
