"""Checking a claim against the registries again (登记核查): for a decision, by hand, once they are back."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Finding, Outcome, Refusal, Text, failed
from chuangpei.problems import NOT_ALLOWED_NOW

from subsidy_svc.access import may_see_claim
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.lifecycle import IN_REVIEW, State
from subsidy_svc.claims.reviewers import own_claim
from subsidy_svc.claims.schemas import ClaimView, claim_view
from subsidy_svc.claims.submit import finding_row, kept_of
from subsidy_svc.claims.use_cases import changeable
from subsidy_svc.law.published import law_of
from subsidy_svc.policy.facts import Source
from subsidy_svc.policy.frozen import enterprise_row
from subsidy_svc.policy.parameters import Law
from subsidy_svc.policy.rechecks import answer_age, ask_again_at, waits_for
from subsidy_svc.problems import NOT_ELIGIBLE, REGISTRY_ANSWER_NEEDED
from subsidy_svc.registry_checks import repository
from subsidy_svc.registry_checks.asking import Check, asked
from subsidy_svc.service import Service


async def before_approval(service: Service, officer: Principal, claim_id: UUID, version: int) -> Check | None:
    """Asks the registries anew where an approval would rest on answers too old, or on failing ones (S07).

    None where there is no need, or nothing the officer could approve. Never inside a transaction.
    """
    case = await _case(service, officer, claim_id, version)
    if case is None or case["state"] != State.ACCEPTED or case["waiting_since"] is not None:
        return None
    law = await law_of(service.database, service, case["issued_on"])
    stands_in_the_way = failed((*_findings(case), _age(service, case, law)))
    return await asked(service, case) if stands_in_the_way else None


async def answered(
    tx: Transaction, service: Service, officer: Principal, claim: Claim, check: Check | None
) -> Refusal | None:
    """Keeps a check made for an approval, and says why the answers do not bear it (S01, S07, S11).

    The refusal is to be committed: what the registries answered, or did not, stays with the claim.
    """
    if check is not None:
        await keep(tx, service, officer, claim, check)
    case = await repository.case(tx, claim.id)
    assert case is not None, "its row is locked"
    law = await law_of(tx, service, case["issued_on"])
    if case["waiting_since"] is not None:
        findings = (waits_for(Source(one), case["waiting_since"], law) for one in case["waiting_for"])
        return Refusal(REGISTRY_ANSWER_NEEDED, findings=tuple(findings))
    if failed(_findings(case)):
        return Refusal(NOT_ELIGIBLE, findings=_findings(case))
    age = _age(service, case, law)
    return Refusal(REGISTRY_ANSWER_NEEDED, findings=(age,)) if failed((age,)) else None


async def check_now(
    service: Service, officer: Principal, claim_id: UUID, version: int
) -> ClaimView | Refusal:
    """An officer has the registries asked about a claim in review (重新核查; S01, S11)."""
    case = await _case(service, officer, claim_id, version)
    check = await asked(service, case) if case is not None and case["state"] in IN_REVIEW else None
    async with service.database.transaction() as tx:
        row = await changeable(tx, officer, claim_id, version)
        if isinstance(row, Refusal):
            return row
        if refusal := own_claim(officer, row["person_key"]):
            return refusal
        if check is None:
            return Refusal(NOT_ALLOWED_NOW)
        claim = claims.claim_from(row)
        await keep(tx, service, officer, claim, check)
        return claim_view(claim, row)


async def ask_due(service: Service, most: int = 20) -> int:
    """Asks again for claims that wait for a registry, and lets those go on that are answered; how many.

    Which are due is taken in one transaction, the registries are asked outside any, and what they answer is
    kept claim by claim: who dies in between loses nothing, for each is due again later.
    """
    now = service.clock.now()
    async with service.database.transaction() as tx:
        due = await claims.to_ask_again(tx, now, most)
        await claims.ask_later(tx, {one.id: ask_again_at(one.waiting_since or now, now) for one in due})
    await asyncio.gather(*(_ask_one(service, one.id) for one in due))
    return len(due)


async def _ask_one(service: Service, claim_id: UUID) -> None:
    case = await repository.case(service.database, claim_id)
    assert case is not None, "claims are never deleted"
    check = await asked(service, case)
    if sorted(check.away) == case["waiting_for"]:
        return
    async with service.database.transaction() as tx:
        row = await claims.load_for_update(tx, claim_id)
        assert row is not None, "claims are never deleted"
        claim = claims.claim_from(row)
        # Changed meanwhile, it may name another account than was asked about: it is asked for again later.
        if claim.waits and claim.version == case["version"]:
            await keep(tx, service, SYSTEM, claim, check)


async def keep(tx: Transaction, service: Service, principal: Principal, claim: Claim, check: Check) -> None:
    """Keeps what the registries answered about a claim, its row locked: it waits, or goes on."""
    waited = claim.waiting_since is not None
    await repository.add(tx, _row(principal, claim.id, check))
    if check.away:
        claim.wait_for(check.away, check.at)
    else:
        claim.go_on()
    if check.application is not None and not check.away:
        await _complete(tx, service, claim, check)
    if check.away or waited or check.application is not None:
        await claims.save_waiting(tx, claim)
    if bool(check.away) is not waited:
        await _tell(tx, principal, claim, check)


async def _case(service: Service, officer: Principal, claim_id: UUID, version: int) -> Row | None:
    """The claim to be asked about, where the officer may see it and it has this version."""
    case = await repository.case(service.database, claim_id)
    if case is None or not may_see_claim(officer, case["person_key"], case["district"]):
        return None
    return case if case["version"] == version else None


async def _complete(tx: Transaction, service: Service, claim: Claim, check: Check) -> None:
    assert check.application is not None, "an application is completed"
    payee, enterprise = check.answers.payee, check.answers.at_reference
    claim.enterprise_name = enterprise.name if enterprise else None
    claim.account_masked = payee.masked if payee else None
    told = {"enterprise_name": claim.enterprise_name, "account_masked": claim.account_masked}
    await claims.complete(tx, claim.id, told | kept_of(service, payee, check.facts, check.application))


async def _tell(tx: Transaction, principal: Principal, claim: Claim, check: Check) -> None:
    await record(
        tx,
        principal,
        at=check.at,
        action="claim.wait_for_registry" if check.away else "claim.registries_answered",
        object_type="claim",
        object_id=claim.id,
        from_state=claim.state,
        to_state=claim.state,
        details={"waiting_for": claim.waiting_for} if check.away else None,
    )


def _row(principal: Principal, claim_id: UUID, check: Check) -> dict[str, Any]:
    account = check.facts.account
    answers: dict[str, Any] = {}
    if Source.BUSINESS not in check.away:
        answers["enterprise_at_reference"] = enterprise_row(check.answers.at_reference)
        answers["enterprise_at_day"] = enterprise_row(check.answers.at_day)
    if Source.ACCOUNTS not in check.away:
        answers["account"] = {"available": account.available, "own_name": account.own_name}
    return {
        "id": new_id(),
        "claim_id": claim_id,
        "occasion": "recheck" if check.application is None else "application",
        "checked_at": check.at,
        "checked_by": principal.subject,
        "away": sorted(check.away),
        "answers": answers,
        "findings": [finding_row(one) for one in check.findings],
    }


def _age(service: Service, case: Row, law: Law) -> Finding:
    answered_at: datetime = case["answered_at"]
    return answer_age(civil_date(answered_at), service.clock.today(), law)


def _findings(case: Row) -> tuple[Finding, ...]:
    """What the rules found of the registries' last answers; those of the submission all passed."""
    kept = case["answered_findings"] or ()
    return tuple(
        Finding(
            one["rule"],
            one["article"],
            Outcome(one["outcome"]),
            one["fact"],
            one["required"],
            Text(one["zh"], one["en"]),
        )
        for one in kept
    )
