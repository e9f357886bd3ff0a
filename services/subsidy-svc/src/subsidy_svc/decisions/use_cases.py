"""Running a claim's decision again (重新审核)."""

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Row
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.web import FindingView, finding_view

from subsidy_svc.access import may_see_claim
from subsidy_svc.decisions import repository
from subsidy_svc.decisions.schemas import (
    AssumptionView,
    DecisionView,
    DifferenceView,
    RecordedDecision,
    StepView,
)
from subsidy_svc.law.in_force import law_on
from subsidy_svc.policy.again import Again, decide_again
from subsidy_svc.policy.frozen import thawed
from subsidy_svc.problems import FACTS_NOT_KEPT
from subsidy_svc.service import Service


async def run_again(
    service: Service, principal: Principal, claim_id: UUID, as_of: date | None
) -> DecisionView | Refusal:
    """The rules asked again about a claim's frozen facts, under the law of ``as_of`` (S01–S05, D01–D03).

    Without a day it is the law of the certificate's issue, which decided the claim (D10).
    """
    row = await repository.recorded(service.database, claim_id)
    if row is None or not may_see_claim(principal, row["person_key"], row["district"]):
        return Refusal(NOT_FOUND)
    if row["facts"] is None:
        return Refusal(FACTS_NOT_KEPT)
    day = as_of or row["issued_on"]
    law = await law_on(service, day)
    if isinstance(law, Refusal):
        return law
    again = decide_again(thawed(row["facts"]), service.law.on(row["issued_on"]), law)
    return _view(row, day, again, await repository.steps(service.database, claim_id))


def _view(row: Row, day: date, again: Again, steps: Sequence[Row]) -> DecisionView:
    decision, assumed = again.decision, again.assumed
    findings = [finding_view(one) for one in decision.findings]
    recorded = RecordedDecision(
        submitted_at=row["submitted_at"],
        policy_version=row["policy_version"],
        amount_fen=row["amount_fen"],
        findings=[FindingView(**one) for one in row["findings"]],
        within_years_on=row["within_years_on"],
    )
    differences = _differences(recorded.findings, findings)
    amount_fen = decision.amount_fen if decision.eligible else 0
    return DecisionView(
        claim_id=row["id"],
        as_of=day,
        policy_version=decision.policy_version,
        eligible=decision.eligible,
        amount_fen=amount_fen,
        findings=findings,
        within_years_on={str(name): held for name, held in decision.within_years_on.items()},
        assumption=AssumptionView(zh=assumed.zh, en=assumed.en) if assumed else None,
        recorded=recorded,
        differs=bool(differences) or amount_fen != recorded.amount_fen,
        differences=differences,
        steps=[StepView(**dict(one)) for one in steps],
    )


def _differences(recorded: Sequence[FindingView], now: Sequence[FindingView]) -> list[DifferenceView]:
    """The findings in their order, where outcome, fact or what was required is not the same."""
    return [
        DifferenceView(recorded=before, now=after)
        for before, after in zip_longest(recorded, now)
        if _substance(before) != _substance(after)
    ]


def _substance(finding: FindingView | None) -> tuple[str, ...] | None:
    if finding is None:
        return None
    return finding.rule, finding.article, finding.outcome, finding.fact, finding.required
