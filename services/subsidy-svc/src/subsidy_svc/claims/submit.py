"""Submitting a claim (申请): the facts are gathered and judged, then one statement writes it."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chuangpei.auth import Principal, Role
from chuangpei.events.subsidy import ClaimSubmitted
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_phone
from chuangpei.kernel.refusals import Finding, Refusal
from chuangpei.outbox import event_row
from chuangpei.problems import IDEMPOTENCY_MISMATCH, NOT_FOUND, PRECONDITION_FAILED
from chuangpei.tracing import current_request_id

from subsidy_svc.claims import submission
from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.gathering import ChosenAccount, Gathered, gather
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.origin import Origin
from subsidy_svc.claims.payee import Payee, payee_columns
from subsidy_svc.claims.phone import phone_columns
from subsidy_svc.claims.schemas import ClaimView, new_claim_view
from subsidy_svc.claims.submission import OfDraft, Outcome
from subsidy_svc.law.published import catch_up
from subsidy_svc.policy.decision import Decision, decide
from subsidy_svc.policy.facts import Facts
from subsidy_svc.policy.frozen import frozen
from subsidy_svc.policy.parameters import Law
from subsidy_svc.policy.review import due_day
from subsidy_svc.problems import BUSY, CASE_KNOWN, NOT_ELIGIBLE
from subsidy_svc.service import Service

# The columns that the claim itself holds, each with its parameter in the statement.
_OF_CLAIM = tuple(
    (field.name, f"claim_{field.name}") for field in fields(Claim) if field.name in submission.CLAIM_COLUMNS
)


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the rules find about an application as things stand, whether it may be made or not."""

    gathered: Gathered
    decision: Decision
    law: Law
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """An application that met every condition when looked at, as far as the registries could be asked.

    Its caps are guarded when it is written.
    """

    gathered: Gathered
    decision: Decision
    law: Law
    applied_at: datetime


async def prepare(
    service: Service, person_key: str, certificate_id: UUID, enterprise: str, chosen: ChosenAccount
) -> Prepared | Refusal:
    """Gathers the facts and decides (S01–S05, S11, D01–D03, D10); a refusal carries every finding.

    What a registry that is away would have told is looked at later: the application counts from its day.
    """
    found = await assess(service, person_key, certificate_id, enterprise, chosen)
    if isinstance(found, Refusal):
        return found
    if not found.decision.eligible:
        return Refusal(NOT_ELIGIBLE, findings=found.decision.findings)
    return Prepared(found.gathered, found.decision, found.law, found.applied_at)


async def assess(
    service: Service, person_key: str, certificate_id: UUID, enterprise: str, chosen: ChosenAccount
) -> Assessed | Refusal:
    """Asks the registries and every rule, and writes nothing; another person's certificate is not found."""
    applied_at = service.clock.now()
    standing = await submission.standing(service.database, certificate_id, person_key)
    if standing is None:
        return Refusal(NOT_FOUND)
    await catch_up(service.database, service.law, standing["law_number"])
    law = service.law.on(standing["issued_on"])
    gathered = await gather(service, standing, law, enterprise, chosen, civil_date(applied_at))
    return Assessed(gathered, decide(gathered.facts, law), law, applied_at)


async def submit(
    service: Service,
    principal: Principal,
    prepared: Prepared,
    origin: Origin,
    answer_row: Callable[[ClaimView], dict[str, Any]],
    *,
    draft: OfDraft | None = None,
) -> ClaimView | Refusal:
    """Takes a place and writes the claim, or refuses with what stands in the way now (S03, S04, D06).

    ``answer_row`` gives the row stored under the Idempotency-Key. Where that was used before, the answer
    stored then counts more than this refusal. A ``draft`` is submitted with the claim, or neither is.
    """
    claim = _claim(prepared, principal, origin)
    view = new_claim_view(claim, prepared.gathered.window)
    values = _values(service, principal, prepared, claim, origin)
    values.update((f"answer_{name}", value) for name, value in answer_row(view).items())
    if draft is not None:
        values |= {"draft_id": draft.id, "draft_version": draft.version}
    # Each lost race for a slot leaves one slot fewer.
    for _ in range(prepared.law.subsidies_per_person + 1):
        outcome = await submission.write(service.database, values, from_draft=draft is not None)
        if outcome is Outcome.WRITTEN:
            return view
        if outcome is Outcome.KEY_USED:
            return Refusal(IDEMPOTENCY_MISMATCH)
        if outcome is Outcome.CASE_KNOWN:
            return Refusal(CASE_KNOWN)
        decision = await _decide_again(service, prepared)
        if not decision.eligible:
            return Refusal(NOT_ELIGIBLE, findings=decision.findings)
    if draft is not None:
        return Refusal(PRECONDITION_FAILED)
    return Refusal(BUSY, retry_after_seconds=1)


async def _decide_again(service: Service, prepared: Prepared) -> Decision:
    window = prepared.gathered.window
    standing = await submission.standing(service.database, window.certificate_id, window.person_key)
    assert standing is not None, "windows are never deleted"
    facts = replace(
        prepared.gathered.facts,
        counted_projects=tuple(standing["counted_projects"]),
        certificate_revoked_on=standing["revoked_on"],
    )
    return decide(facts, prepared.law)


def _claim(prepared: Prepared, principal: Principal, origin: Origin) -> Claim:
    window, facts = prepared.gathered.window, prepared.gathered.facts
    payee, enterprise = prepared.gathered.payee, facts.enterprise_at_reference
    online, law = principal.role is Role.CITIZEN, prepared.law
    claim = Claim(
        id=new_id(),
        certificate_id=window.certificate_id,
        person_key=window.person_key,
        district=window.district,
        institution_credit_code=window.institution_credit_code,
        project_code=window.project_code,
        amount_fen=prepared.decision.amount_fen,
        enterprise_credit_code=facts.enterprise_credit_code,
        enterprise_name=enterprise.name if enterprise else None,
        channel=origin.channel,
        case_number=origin.case_number,
        phone_masked=mask_phone(origin.phone) if origin.phone else None,
        account_kind=facts.account.kind,
        account_masked=payee.masked if payee else None,
        account_reason=facts.account.reason,
        submitted_at=prepared.applied_at,
        state=State.SUBMITTED,
        filed_by=None if online else principal.subject,
        filed_by_person=None if online else principal.person_key,
        due_on=due_day(civil_date(prepared.applied_at), law.review.acceptance_working_days, law.calendar),
    )
    if prepared.gathered.away:
        claim.wait_for(prepared.gathered.away, prepared.applied_at)
    return claim


def _values(
    service: Service, principal: Principal, prepared: Prepared, claim: Claim, origin: Origin
) -> dict[str, Any]:
    decision, at = prepared.decision, prepared.applied_at
    kept = kept_of(service, prepared.gathered.payee, prepared.gathered.facts, decision)
    kept |= phone_columns(service.privacy, origin.phone)
    values = {parameter: getattr(claim, name) for name, parameter in _OF_CLAIM} | {
        "most_places": prepared.law.subsidies_per_person,
        "claim_policy_version": decision.policy_version,
    }
    values.update((f"claim_{name}", value) for name, value in kept.items())
    event = event_row(claim.event(ClaimSubmitted, civil_date(at)), at)
    values.update((f"event_{name}", value) for name, value in event.items())
    return values | _audit_values(principal, claim, decision, at)


def _audit_values(principal: Principal, claim: Claim, decision: Decision, at: datetime) -> dict[str, object]:
    return {
        "audit_at": at,
        "audit_actor": principal.subject,
        "audit_role": principal.role,
        "audit_district": principal.district,
        "audit_action": "claim.submit",
        "audit_object_type": "claim",
        "audit_object_id": str(claim.id),
        "audit_to_state": claim.state,
        "audit_reason": None,
        "audit_details": {"policy_version": decision.policy_version}
        | ({"waiting_for": claim.waiting_for} if claim.waiting_for else {}),
        "audit_request_id": current_request_id(),
    }


def kept_of(service: Service, payee: Payee | None, facts: Facts, decision: Decision) -> dict[str, Any]:
    """The columns of a claim that hold what was decided and whom it pays; the payee may not be known yet."""
    return payee_columns(service.privacy, payee) | {
        "findings": [finding_row(finding) for finding in decision.findings],
        "within_years_on": {str(day): held for day, held in decision.within_years_on.items()},
        "facts": frozen(facts),
    }


def finding_row(finding: Finding) -> dict[str, str]:
    """A finding as the database keeps it."""
    return {
        "rule": finding.rule,
        "article": finding.article,
        "outcome": finding.outcome,
        "fact": finding.fact,
        "required": finding.required,
        "zh": finding.text.zh,
        "en": finding.text.en,
    }
