"""Checking whether a person could apply (资格预审)."""

from chuangpei.auth import Principal
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal
from chuangpei.web import finding_view

from subsidy_svc.claims.submit import Assessed, assess
from subsidy_svc.eligibility_checks.schemas import EligibilityCheckBody, EligibilityCheckView, MissingView
from subsidy_svc.policy.advice import missing
from subsidy_svc.service import Service


async def check(
    service: Service, person: Principal, body: EligibilityCheckBody
) -> EligibilityCheckView | Refusal:
    """Asks the registries and the rules as a submission would, and writes nothing (S01–S05, S11).

    A refusal while a registry is away: an application could be made, but nobody knows yet what of it.
    """
    assert person.person_key is not None, "a citizen has a person"
    found = await assess(
        service, person.person_key, body.certificate_id, body.enterprise_credit_code, body.chosen_account()
    )
    if isinstance(found, Refusal):
        return found
    return next(iter(found.gathered.away.values()), None) or _view(found, body)


def _view(found: Assessed, body: EligibilityCheckBody) -> EligibilityCheckView:
    decision, window, today = found.decision, found.gathered.window, civil_date(found.applied_at)
    enterprise = found.gathered.facts.enterprise_at_reference
    roles = enterprise.roles if enterprise else frozenset()
    return EligibilityCheckView(
        certificate_id=window.certificate_id,
        checked_on=today,
        policy_version=decision.policy_version,
        eligible=decision.eligible,
        amount_fen=decision.amount_fen,
        last_day=window.last_day,
        last_day_provisional=window.last_day_provisional,
        days_left=window.days_left(today),
        findings=[finding_view(one) for one in decision.findings],
        missing=[
            MissingView(rule=one.rule, article=one.article, zh=text.zh, en=text.en)
            for one, text in missing(decision.findings)
        ],
        role_is_registered=body.role in roles if body.role else None,
    )
