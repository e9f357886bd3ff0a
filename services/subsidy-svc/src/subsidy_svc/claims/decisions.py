"""What the district decides on a claim (区审核; S07): accept or not, approve or reject, undo, amend."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.subsidy import ClaimDecisionAmended
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND

from subsidy_svc.access import may_see_claim
from subsidy_svc.claims import places, repository
from subsidy_svc.claims.claim import Change, Claim
from subsidy_svc.claims.lifecycle import ENDED, REFUSED, Action, State
from subsidy_svc.claims.reviewers import own_claim
from subsidy_svc.claims.schemas import Amendment, ClaimView, claim_view
from subsidy_svc.claims.use_cases import changeable, keep
from subsidy_svc.law.published import law_of
from subsidy_svc.notices import repository as notices
from subsidy_svc.platform_pushes.queueing import queue
from subsidy_svc.policy.parameters import Law
from subsidy_svc.policy.periods import notice_period
from subsidy_svc.policy.review import due_day
from subsidy_svc.problems import CERTIFICATE_REVOKED, PLACE_TAKEN
from subsidy_svc.registry_checks import use_cases as registry_checks
from subsidy_svc.registry_checks.asking import Check
from subsidy_svc.risk_signs import repository as risk_signs
from subsidy_svc.service import Service
from subsidy_svc.windows import repository as windows

_DECISION = ("decision_reason", "decision_article")


async def accept(
    tx: Transaction, service: Service, officer: Principal, claim_id: UUID, version: int
) -> ClaimView | Refusal:
    """The institution's district takes the claim up (受理; S07)."""
    today = service.clock.today()

    def act(claim: Claim, law: Law) -> Change:
        return claim.accept(officer, today, due_day(today, law.review.approval_working_days, law.calendar))

    return await _decide(tx, service, officer, claim_id, version, Action.ACCEPT, act)


async def not_accept(
    tx: Transaction,
    service: Service,
    officer: Principal,
    claim_id: UUID,
    version: int,
    reason: str,
    article: str,
) -> ClaimView | Refusal:
    """The district does not take the claim up, and says why and by which article (不予受理; S07, D03)."""
    today = service.clock.today()
    return await _decide(
        tx,
        service,
        officer,
        claim_id,
        version,
        Action.NOT_ACCEPT,
        lambda claim, _: claim.not_accept(officer, today, reason, article),
    )


async def reject(
    tx: Transaction,
    service: Service,
    officer: Principal,
    claim_id: UUID,
    version: int,
    reason: str,
    article: str | None,
) -> ClaimView | Refusal:
    """The district does not approve, and says why (审核不通过; S07, D03)."""
    today = service.clock.today()
    return await _decide(
        tx,
        service,
        officer,
        claim_id,
        version,
        Action.REJECT,
        lambda claim, _: claim.reject(officer, today, reason, article),
    )


async def approve(
    tx: Transaction,
    service: Service,
    officer: Principal,
    claim_id: UUID,
    version: int,
    check: Check | None = None,
) -> ClaimView | Refusal:
    """Another person approves and the notice is published (审核通过并公示; S07, S08, D04, D05, D13).

    ``check`` is what the registries answered for it. It is kept in any case: a refusal is to be committed.
    """
    row = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim, today = repository.claim_from(row), service.clock.today()
    notice = notice_period(today, await law_of(tx, service, row["issued_on"]))
    if isinstance(refused := repository.claim_from(row).approve(officer, today, notice), Refusal):
        return refused
    if refusal := await registry_checks.answered(tx, service, officer, claim, check):
        return refusal
    change = claim.approve(officer, today, notice)
    assert not isinstance(change, Refusal), "answers do not change who may approve"
    await notices.publish(tx, new_id(), claim.id, notice)
    shown = await _shown_signs(tx, claim)
    await keep(tx, service, officer, row, claim, change, Action.APPROVE, details=shown)
    return claim_view(claim, row)


async def undo(
    tx: Transaction, service: Service, officer: Principal, claim_id: UUID, version: int, reason: str
) -> ClaimView | Refusal:
    """Another person undoes an acceptance, a rejection or a non-acceptance (撤销决定; S07, D03, D05).

    A claim that had ended takes its place again, or stays ended where the place is gone or the certificate
    revoked.
    """
    seen = await repository.owner(tx, claim_id)
    if seen is None or not may_see_claim(officer, seen["person_key"], seen["district"]):
        return Refusal(NOT_FOUND)
    window = await windows.load_for_update(tx, seen["certificate_id"])
    assert window is not None, "a claim has its window"
    row = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim, today = repository.claim_from(row), service.clock.today()
    law = await law_of(tx, service, row["issued_on"])
    change = claim.undo(officer, today, due_day(today, _days_after(claim.state, law), law.calendar))
    if isinstance(change, Refusal):
        return change
    if row["state"] in ENDED:
        if window.revoked_on is not None:
            return Refusal(CERTIFICATE_REVOKED)
        if not await places.take(tx, claim, law.subsidies_per_person):
            return Refusal(PLACE_TAKEN)
    before = {"state": row["state"]} | {name: row[name] for name in _DECISION}
    await amended(
        tx,
        officer,
        at=service.clock.now(),
        object_type="claim",
        object_id=claim.id,
        reason=reason,
        before=before,
        after={"state": claim.state} | dict.fromkeys(_DECISION),
    )
    await keep(tx, service, officer, row, claim, change, Action.UNDO, reason=reason)
    return claim_view(claim, row)


async def amend(
    tx: Transaction, service: Service, officer: Principal, claim_id: UUID, version: int, body: Amendment
) -> ClaimView | Refusal:
    """The reason or the article of a refusal is put right; the refusal itself stays (更正; S07)."""
    row = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    if refusal := own_claim(officer, row["person_key"]):
        return refusal
    if row["state"] not in REFUSED:
        return Refusal(NOT_ALLOWED_NOW)
    claim, now = repository.claim_from(row), service.clock.now()
    claim.decision_reason, claim.decision_article = body.decision_reason, body.decision_article
    changed = await amended(
        tx,
        officer,
        at=now,
        object_type="claim",
        object_id=claim.id,
        reason=body.reason,
        before={name: row[name] for name in _DECISION},
        after={name: getattr(claim, name) for name in _DECISION},
    )
    if not changed:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, claim)
    if claim.case_number is not None:
        await queue(tx, [claim.id], now)
    await emit(tx, claim.event(ClaimDecisionAmended, service.clock.today()), now)
    return claim_view(claim, row)


def _days_after(undone: State, law: Law) -> int:
    """The working days for the step awaited once the decision is undone: a rejection's is approval."""
    terms = law.review
    return terms.approval_working_days if undone is State.REJECTED else terms.acceptance_working_days


async def _decide(
    tx: Transaction,
    service: Service,
    officer: Principal,
    claim_id: UUID,
    version: int,
    action: Action,
    act: Callable[[Claim, Law], Change],
) -> ClaimView | Refusal:
    row: Row | Refusal = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim = repository.claim_from(row)
    change = act(claim, await law_of(tx, service, row["issued_on"]))
    if isinstance(change, Refusal):
        return change
    details = await _shown_signs(tx, claim)
    if claim.decision_article:
        details["article"] = claim.decision_article
    await keep(tx, service, officer, row, claim, change, action, details=details)
    return claim_view(claim, row)


async def _shown_signs(tx: Transaction, claim: Claim) -> dict[str, Any]:
    """The signs of risk that whoever decides is shown: kept with the decision, read by none."""
    signs = await risk_signs.standing(tx, claim.id)
    return {"risk_signs": signs} if signs else {}
