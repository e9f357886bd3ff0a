"""The cases an officer reads: D01, D02, D04, D10 and every condition of a claim (S01–S05, S11)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Outcome
from subsidy_svc.policy.decision import decide
from subsidy_svc.policy.enterprise_rules import started_within
from subsidy_svc.policy.facts import Account, AccountKind, Facts
from subsidy_svc.policy.parameters import Law, LawBook, ReferenceDate
from subsidy_svc.policy.periods import claim_window, notice_period, reminder_after, reminder_reached

CASES = Path(__file__).with_name("cases")
LAW = LawBook.load().on(date(2026, 6, 1))


def cases(name: str) -> Any:
    found = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", found, ids=[case["case"] for case in found])


@cases("claim_window")
def test_the_last_day_of_a_window(case):
    window = claim_window(case["issued_on"], law_of(case))
    assert (window.first_day, window.last_day) == (case["issued_on"], case["last_day"])
    assert window.provisional is case["provisional"]


@cases("claim_window")
def test_without_the_roll_the_nominal_day_is_the_last(case):
    law = changed(law_of(case), window_rolls_to_working_day=False)
    nominal = case.get("rolls_from", case["last_day"])
    assert claim_window(case["issued_on"], law).last_day == nominal


def law_of(case):
    return changed(LAW, window_months=case.get("months", LAW.window_months))


@cases("three_years")
def test_within_three_years_of_starting(case):
    assert started_within(case["registered_on"], case["day"], LAW) is case["within"]


@cases("notice_period")
def test_the_days_of_a_notice(case):
    notice = notice_period(case["first_day"], LAW)
    assert (notice.first_day, notice.last_day) == (case["first_day"], case["last_day"])
    assert notice.provisional is case["provisional"]


@cases("reminders")
def test_which_reminder_is_reached_and_when_the_next_comes(case):
    last_day = date(2027, 5, 20)
    assert reminder_reached(last_day, LAW, case["today"]) == case["reached"]
    assert reminder_after(last_day, LAW, case["today"]) == case["next"]


@cases("eligibility")
def test_the_decision_names_every_reason(case):
    decision = decide(facts_of(case), LAW)
    by_outcome = {
        outcome: [finding.rule for finding in decision.findings if finding.outcome is outcome]
        for outcome in Outcome
    }
    assert by_outcome[Outcome.FAILED] == case["fails"]
    assert by_outcome[Outcome.WARNED] == case.get("warns", [])
    assert decision.eligible is (not case["fails"])


def facts_of(case: dict[str, Any]) -> Facts:
    issued_on = case.get("issued_on", date(2026, 5, 20))
    days = {
        ReferenceDate.CLASS_START: case.get("class_start", min(date(2026, 5, 1), issued_on)),
        ReferenceDate.EVALUATION: issued_on,
        ReferenceDate.ISSUE: issued_on,
        ReferenceDate.APPLICATION: case.get("applied_on", date(2026, 6, 1)),
    }
    roles = case.get("roles", ["legal_representative"])
    window = claim_window(issued_on, LAW)
    account = case.get("account", {"kind": "social_security_card", "available": True, "own_name": True})
    return Facts(
        issued_on=issued_on,
        window_last_day=window.last_day,
        window_provisional=window.provisional,
        certificate_revoked_on=case.get("revoked_on"),
        project_code="GYB",
        counted_projects=tuple(case.get("counted_projects", ())),
        days=days,
        enterprise_credit_code="any",
        enterprise_at_reference=enterprise(case, roles, case.get("share")),
        enterprise_at_application=enterprise(
            case, case.get("roles_at_application", ["legal_representative"]), case.get("share_at_application")
        ),
        account=Account(
            AccountKind(account["kind"]), account["available"], account["own_name"], account.get("reason")
        ),
    )


def enterprise(case: dict[str, Any], roles: list[str], share: str | None) -> Enterprise | None:
    if "enterprise" in case:
        return None
    return Enterprise(
        credit_code="any",
        name="任一企业",
        registered_on=case.get("registered_on", date(2024, 5, 10)),
        province_code=case.get("province_code", "31"),
        status=case.get("status", "active"),
        roles=frozenset(roles),
        shareholding_percent=share,
    )


def changed(law: Law, **values: Any) -> Law:
    return Law(**{name: getattr(law, name) for name in Law.__slots__} | values)
